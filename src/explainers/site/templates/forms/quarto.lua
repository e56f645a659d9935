-- A video by its name: {{< explainer drex >}}. Written by `explainers embed`.
return {
  ["explainer"] = function(args)
    local name = pandoc.utils.stringify(args[1])
    local path = quarto.utils.resolve_path(name .. ".json")
    local file = assert(io.open(path, "r"), "explainers: no video " .. name)
    local video = quarto.json.decode(file:read("*a"))
    file:close()
    if quarto.doc.is_format("html") then
      return pandoc.RawBlock("html", video.html)
    end
    local image = pandoc.Image({ pandoc.Str(video.title) }, video.poster)
    return pandoc.Para({ pandoc.Link({ image }, video.watch) })
  end
}
