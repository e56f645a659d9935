// @ts-check
// The timeline: shots with thumbnails, beats, captions and findings on one scale.
import { stillUrl } from "./api.js";
import { h, put, short, the } from "./dom.js";
import { fps, model, on, tell } from "./model.js";
import { pause, seek } from "./player.js";

const THUMB = 240;
let zoom = 1;
/** @type {Map<string, HTMLElement>} Shots' blocks by what they show, so that only changed ones are made anew. */
let blocks = new Map();

const share = (frames) => `${(100 * frames) / (model.state.frames || 1)}%`;

export function begin() {
  const track = the("track");
  track.append(
    h("div", { class: "ruler", id: "ruler", role: "slider", tabindex: "0", "aria-label": "Time", "aria-valuemin": 0 }),
    h("div", { class: "row shots", id: "shots" }), h("div", { class: "row beats", id: "beats" }),
    h("div", { class: "row cues", id: "cues" }), h("div", { class: "row marks", id: "marks" }),
    h("div", { class: "playhead", id: "playhead" }, h("i")),
  );
  let dragging = false;
  const to = (event) => {
    const box = track.getBoundingClientRect();
    seek(((event.clientX - box.left) / box.width) * model.state.frames);
  };
  track.addEventListener("pointerdown", (event) => {
    if (event.button !== 0 || !model.state || event.target.closest("button.mark")) return;
    dragging = true;
    pause();
    track.setPointerCapture(event.pointerId);
    to(event);
  });
  track.addEventListener("pointermove", (event) => { if (dragging) to(event); });
  for (const end of ["pointerup", "pointercancel"]) track.addEventListener(end, () => { dragging = false; });
  track.addEventListener("dblclick", (event) => {
    const line = event.target.closest("[data-line]")?.dataset.line;
    if (line) tell("go-to", { line: Number(line) });
  });
  the("scroll").addEventListener("wheel", (event) => {
    if (!event.ctrlKey && !event.metaKey) return;
    event.preventDefault();
    scale(zoom * (event.deltaY < 0 ? 1.25 : 0.8), event.clientX);
  }, { passive: false });
  on("state", draw);
  on("findings", marks);
  on("moved", ({ frame, seconds }) => {
    if (!model.state) return;
    const head = the("playhead");
    head.style.left = share(frame);
    const ruler = the("ruler");
    ruler.setAttribute("aria-valuemax", String(model.state.frames - 1));
    ruler.setAttribute("aria-valuenow", String(frame));
    ruler.setAttribute("aria-valuetext", `${seconds.toFixed(2)} seconds, frame ${frame}`);
    for (const block of the("shots").children) block.classList.toggle("here", block.dataset.shot === model.state.shots.find((shot) => frame < shot.start + shot.frames)?.id);
  });
}

/** @param {number} wanted @param {number} [x] the place on screen that stays */
function scale(wanted, x) {
  const scroll = the("scroll"), track = the("track");
  const box = track.getBoundingClientRect();
  const middle = x ?? scroll.getBoundingClientRect().left + scroll.clientWidth / 2;
  const at = (middle - box.left) / box.width;
  zoom = Math.max(1, Math.min(24, wanted));
  track.style.width = `${100 * zoom}%`;
  scroll.scrollLeft = at * track.getBoundingClientRect().width - (middle - scroll.getBoundingClientRect().left);
  if (model.state) draw();
}

function draw() {
  ruler();
  const next = new Map();
  const shots = model.state.shots.map((shot) => {
    const wide = Math.max(1, Math.round((the("track").clientWidth * shot.frames) / model.state.frames));
    const name = JSON.stringify([shot.key, shot.id, shot.frames, shot.line, fps(), Math.round(wide / 40)]);
    const block = blocks.get(name) || blockOf(shot, wide);
    next.set(name, block);
    block.style.left = share(shot.start);
    block.style.width = share(shot.frames);
    return block;
  });
  blocks = next;
  put(the("shots"), ...shots);
  put(the("beats"), ...model.state.shots.flatMap((shot) => shot.beats.map((beat) =>
    h("div", { class: "beat", "data-line": beat.line, title: `${beat.id}, ${short((beat.end - beat.start) / fps())}`, style: { left: share(shot.start + beat.start), width: share(beat.end - beat.start) } }, h("span", {}, beat.id)))));
  put(the("cues"), ...model.state.cues.map((cue) =>
    h("div", { class: "cue", title: cue.text, style: { left: share(cue.start * fps()), width: share((cue.end - cue.start) * fps()) } }, h("span", {}, cue.text.replace("\n", " ")))));
  marks();
}

/** One shot: a still a beat as far as there is room, its name and length. */
function blockOf(shot, wide) {
  const rests = shot.beats.length ? shot.beats.map((beat) => beat.rest) : [shot.rest];
  const room = Math.max(1, Math.min(rests.length, Math.floor(wide / 78)));
  const chosen = Array.from({ length: room }, (_, index) => rests[Math.round(((index + 1) * rests.length) / room) - 1]);
  const missing = shot.missing.length ? `, without ${shot.missing.join(", ")}` : "";
  return h("div", { class: "shot", "data-shot": shot.id, "data-key": shot.key, "data-line": shot.line, title: `${shot.id}: ${shot.kind}, ${short(shot.frames / fps())}${missing}` },
    h("div", { class: "strip" }, chosen.map((frame) => h("img", { src: stillUrl(shot.key, frame, { width: THUMB }), alt: "", loading: "lazy", draggable: "false" }))),
    h("div", { class: "name" }, h("b", {}, shot.id), h("span", {}, short(shot.frames / fps()))));
}

function ruler() {
  const seconds = model.state.frames / fps();
  const pixels = the("track").clientWidth || 1000;
  const every = [0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120].find((step) => (step / seconds) * pixels > 64) || 300;
  const ticks = [];
  for (let at = 0; at < seconds - every * 0.3; at += every)
    ticks.push(h("span", { style: { left: `${(100 * at) / seconds}%` } }, every < 1 ? at.toFixed(1) : `${Math.floor(at / 60)}:${String(Math.round(at % 60)).padStart(2, "0")}`));
  put(the("ruler"), ...ticks);
}

const LANES = 3, NARROW_PX = 12;

/** Findings as marks, beside each other where they share a time; errors lie on top where there is no room. */
function marks() {
  if (!model.state) return;
  const wide = the("track").clientWidth / (model.state.frames || 1);
  const found = (model.view?.findings || []).filter((one) => one.start_s !== undefined || one.shot).map((finding) => {
    const shot = model.state.shots.find((one) => one.id === finding.shot);
    const start = Math.min((finding.start_s ?? (shot ? shot.start / fps() : 0)) * fps(), model.state.frames);
    const end = finding.end_s !== undefined ? finding.end_s * fps() : start;
    return { finding, start, frames: Math.max(0, end - start), until: Math.max(end * wide, start * wide + NARROW_PX) };
  });
  found.sort((one, other) => Number(other.finding.severity === "error") - Number(one.finding.severity === "error") || one.start - other.start);
  /** @type {{from: number, until: number}[][]} */
  const lanes = Array.from({ length: LANES }, () => []);
  put(the("marks"), ...found.map(({ finding, start, frames, until }) => {
    const from = start * wide;
    const free = lanes.findIndex((lane) => lane.every((other) => until <= other.from || from >= other.until));
    const lane = free < 0 ? LANES - 1 : free;
    lanes[lane].push({ from, until });
    return h("button", { class: `mark ${finding.severity}`, title: `${finding.message} [${finding.code}]`, "aria-label": `${finding.severity}: ${finding.message}`,
      style: { left: share(start), width: share(frames), top: `${lane * 10}px` }, onclick: () => tell("show-finding", { finding }) });
  }));
  the("marks").style.height = `${Math.max(1, lanes.filter((lane) => lane.length).length) * 10 + 2}px`;
}
