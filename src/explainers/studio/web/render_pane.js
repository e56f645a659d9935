// @ts-check
// Rendering: shot by shot with reasons, cancelled at will, and the files to take.
import { get, send } from "./api.js";
import { h, put, short, size, the } from "./dom.js";
import { model, on, tell } from "./model.js";

/** @type {any} */ let facts = { state: "none" };
/** @type {any[]} */ let files = [];
let quality = "final";

export function begin() {
  on("render", (found) => {
    const ended = facts.state === "running" && found.state !== "running";
    facts = found;
    draw();
    if (ended || found.state === "done") load();
    the("render-now").textContent = facts.state === "running" ? `Rendering ${percent()}%` : "Render";
  });
  on("look", load);
  on("tab", ({ name }) => { if (name === "render") load(); });
  the("render-now").addEventListener("click", () => { tell("tab", { name: "render" }); if (facts.state !== "running") begun(); });
  draw();
}

async function load() {
  files = await get("downloads").catch(() => []);
  draw();
}

function percent() {
  const shots = facts.shots || [];
  const all = shots.reduce((sum, one) => sum + one.of, 0) || 1;
  return Math.round((100 * shots.reduce((sum, one) => sum + (one.finished ? one.of : one.done), 0)) / all);
}

async function begun() {
  try { facts = await send("POST", "render", { quality }); } catch (error) { tell("say", { text: error.message, bad: true }); }
  draw();
}

const STATES = { none: "Nothing is being rendered.", running: "Rendering", done: "Rendered", failed: "Not rendered", cancelled: "Cancelled; what was finished is kept." };

function draw() {
  const running = facts.state === "running";
  const shots = facts.shots || [];
  const drawn = shots.filter((one) => one.outcome === "drawn").length;
  put(the("panel-render"), 
    h("div", { class: "bar" },
      h("select", { "aria-label": "Quality", disabled: running, onchange: (event) => { quality = event.target.value; } }, ["final", "standard", "draft"].map((one) => h("option", { value: one, selected: one === quality }, one))),
      running ? h("button", { class: "quiet", id: "cancel", onclick: () => send("DELETE", "render", {}).catch(() => undefined) }, "Cancel")
        : h("button", { class: "strong", id: "begin", onclick: begun }, "Render"),
      h("span", { class: "grow" }),
      h("span", { id: "render-state", role: "status", "data-state": facts.state }, facts.state === "done" ? `Rendered in ${short(facts.elapsed_s)}` : STATES[facts.state], running ? ` ${facts.video}` : "")),
    facts.message ? h("pre", { class: "message", role: "alert" }, facts.message) : null,
    shots.length ? h("p", { class: "lead" }, drawn ? `${drawn} of ${shots.length} shots ${running ? "are" : "were"} drawn` : "Every shot is as it was: nothing is drawn") : null,
    h("ul", { class: "renders" }, shots.map((one) => {
      const share = one.finished || facts.state === "done" ? 1 : one.done / Math.max(1, one.of);
      return h("li", { "data-shot": one.id, class: one.outcome },
        h("b", {}, one.id), h("span", { class: "why" }, one.reason),
        h("progress", { max: 1, value: share, "aria-label": `${one.id}: ${Math.round(100 * share)} percent` }), h("span", { class: "amount" }, one.outcome === "reused" ? "reused" : `${Math.round(100 * share)}%`));
    })),
    (facts.said || []).length ? h("pre", { class: "message" }, facts.said.join("\n")) : null,
    files.length ? h("h3", {}, "Files") : null,
    h("ul", { class: "files" }, files.map((one) => h("li", {}, h("a", { href: `download/${one.path.replace(/^renders\//, "").split("/").map(encodeURIComponent).join("/")}`, download: one.name }, one.name), h("span", {}, size(one.bytes))))));
}
