// @ts-check
// The findings of the referee: a list, and boxes in the picture.
import { clock, h, put, the } from "./dom.js";
import { fps, model, on, tell } from "./model.js";
import { pause, seek } from "./player.js";

export function begin() {
  on("findings", draw);
  on("state", draw);
  on("moved", boxes);
  on("show-finding", ({ finding }) => show(finding));
}

/** @param {any} finding */
function show(finding) {
  pause();
  const shot = model.state?.shots.find((one) => one.id === finding.shot);
  const start = finding.start_s ?? (shot ? shot.start / fps() : undefined);
  if (start !== undefined) {
    const end = finding.region || finding.end_s === undefined ? start : (start + finding.end_s) / 2;
    seek(Math.ceil((finding.region ? start : end) * fps() - 1e-6));
  }
  if (finding.line) tell("go-to", { path: finding.file, line: finding.line, column: finding.column, focus: false });
}

const JUDGED = { nothing: "Not judged yet.", words: "Words are judged; pictures follow once they are drawn.", draft: "Words and drafts of the pictures are judged; a render judges the finished ones.", standard: "Words and pictures are judged.", final: "Words and finished pictures are judged." };

function draw() {
  const found = model.view?.findings || [];
  const errors = found.filter((one) => one.severity === "error").length;
  tell("count", { name: "findings", count: found.length, bad: errors > 0 });
  put(the("panel-findings"), 
    h("p", { class: "lead" }, JUDGED[model.view?.judged] || ""),
    found.length ? h("ol", { class: "findings" }, found.map((one) => h("li", {}, h("button", { class: `finding ${one.severity}`, onclick: () => show(one) },
      h("span", { class: "head" }, h("i", { "aria-hidden": "true" }), h("b", {}, one.severity), h("code", {}, one.code), h("span", { class: "grow" }), one.shot && h("span", {}, one.shot), one.start_s !== undefined && h("span", {}, clock(one.start_s))),
      h("span", { class: "message" }, one.message),
      one.fix && h("span", { class: "fix" }, one.fix),
      one.file && h("span", { class: "place" }, `${one.file}:${one.line}`)))))
      : h("p", { class: "empty" }, model.view?.judged === "nothing" ? "" : "Nothing found."));
  boxes({ seconds: Math.floor(model.frame) / fps() });
}

/** @param {{seconds: number}} at */
function boxes({ seconds }) {
  const svg = the("boxes");
  const space = "http://www.w3.org/2000/svg";
  if (!model.state) return;
  const short = Math.min(model.state.width, model.state.height);
  svg.setAttribute("viewBox", `0 0 ${(model.state.width * 1080) / short} ${(model.state.height * 1080) / short}`);
  const half = 0.5 / fps();
  const here = (model.view?.findings || []).filter((one) => one.region && one.start_s !== undefined && seconds >= one.start_s - half && seconds <= (one.end_s ?? one.start_s + 0.6) + half);
  svg.replaceChildren(...here.map((one) => {
    const [left, top, right, bottom] = one.region;
    const box = document.createElementNS(space, "rect");
    for (const [name, value] of Object.entries({ x: left - 6, y: top - 6, width: right - left + 12, height: bottom - top + 12, rx: 8, class: one.severity, tabindex: 0, role: "button" })) box.setAttribute(name, String(value));
    const title = document.createElementNS(space, "title");
    title.textContent = `${one.message} [${one.code}]`;
    box.append(title);
    box.addEventListener("click", () => show(one));
    box.addEventListener("keydown", (event) => { if (event.key === "Enter") show(one); });
    return box;
  }));
}
