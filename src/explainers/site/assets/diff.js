// A third pane beside before and after: the two over each other, with an edge to drag between them.
for (const pair of document.querySelectorAll(".pair")) {
  const images = [...pair.querySelectorAll("img")];
  if (images.length !== 2) continue;
  const figure = document.createElement("figure"), frame = document.createElement("div");
  const range = Object.assign(document.createElement("input"), { type: "range", min: 0, max: 100, value: 50, step: 0.5 });
  const caption = document.createElement("figcaption");
  figure.className = "wipe";
  frame.className = "frame";
  caption.textContent = "before, and after from the edge on";
  range.setAttribute("aria-label", "Where the later picture begins, in percent of the width");
  range.addEventListener("input", () => frame.style.setProperty("--at", `${range.value}%`));
  frame.append(...images.map((image) => image.cloneNode()));
  figure.append(frame, range, caption);
  pair.append(figure);
}
