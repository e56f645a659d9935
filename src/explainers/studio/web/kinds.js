// @ts-check
// The gallery of scene kinds: each one's example as a picture, its fields, and the YAML to take.
import { get, pictureUrl } from "./api.js";
import { h, put, the } from "./dom.js";
import { on, tell } from "./model.js";

let there = false;

export function begin() {
  on("tab", ({ name }) => { if (name === "kinds" && !there) load(); });
}

async function load() {
  there = true;
  const panel = the("panel-kinds");
  put(panel, h("p", { class: "lead" }, "Every kind of scene with its own example. A shot of the example can be put at the end of your storyboard."));
  try {
    for (const kind of await get("kinds")) panel.append(card(kind));
  } catch (error) {
    there = false;
    panel.append(h("p", { class: "empty" }, error.message));
  }
}

/** The lines of the example's first shot. @param {string} example */
export function shotOf(example) {
  const lines = example.split("\n");
  const start = lines.findIndex((line) => /^shots:\s*$/.test(line)) + 1;
  const dash = /^\s*-/.exec(lines[start])?.[0].length ?? 3;
  let end = start + 1;
  while (end < lines.length && !/^\S/.test(lines[end]) && !(/^\s*-/.exec(lines[end])?.[0].length === dash)) end++;
  return lines.slice(start, end).join("\n").trimEnd();
}

/** @param {any} kind */
function card(kind) {
  const [first, ...rest] = kind.doc.split("\n\n");
  const yaml = kind.example.trim();
  return h("details", { class: "kind", "data-kind": kind.name },
    h("summary", {},
      kind.key && h("img", { src: pictureUrl(`kinds/${kind.name}.webp`, { key: kind.key }), alt: `The example of ${kind.name}`, loading: "lazy", width: 960, height: 540 }),
      h("span", {}, h("b", {}, kind.name), h("span", {}, first.replaceAll("\n", " ").replaceAll("`", "")))),
    h("div", { class: "inside" },
      rest.length ? h("p", { class: "lead" }, rest.join("\n\n").replaceAll("\n", " ").replaceAll("`", "")) : null,
      h("table", { class: "params" }, h("tbody", {}, kind.params.map((one) => h("tr", {}, h("th", { scope: "row" }, h("code", {}, one.name), one.needed && h("span", { class: "tag" }, "needed")), h("td", {}, h("code", {}, one.type), " ", one.says))))),
      h("div", { class: "bar" },
        h("button", { class: "quiet", onclick: () => tell("insert", { text: shotOf(yaml) }) }, "Put the shot into the storyboard"),
        h("button", { class: "quiet", onclick: (event) => { navigator.clipboard.writeText(yaml); event.target.textContent = "Copied"; } }, "Copy the YAML")),
      h("pre", { class: "yaml" }, yaml)));
}
