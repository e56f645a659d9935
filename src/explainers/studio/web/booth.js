// @ts-check
// The booth: a line at a time is read, recorded with its level, listened to and taken again. Where its words
// can't be found in it, they are tapped while it plays.
import { get, pictureUrl, send } from "./api.js";
import { h, put, short, the } from "./dom.js";
import { on, tell } from "./model.js";

/** @type {any[]} */ let lines = [];
let chosen = 0;
/** @type {null | "recording" | "ending" | "tapping" | "saving"} */ let doing = null;
/** @type {Float32Array[]} */ let blocks = [];
/** @type {number[]} */ let taps = [];
/** @type {any} The microphone, once it was allowed: its context and what it sends. */ let microphone = null;
let peak = 0;
const sound = new Audio();
const TOO_LOUD = 0.998, TOO_QUIET = 0.05;
/** So long after Stop it still records: who presses it with the last word does not lose that. */
const AFTER_MS = 300;
let end = () => {};

export function begin() {
  on("tab", ({ name }) => { if (name === "voice") load(); else if (doing === "recording") stop(false); });
  on("look", () => { if (doing === "recording") stop(false); load(); });
  on("files", () => { if (!doing && !the("panel-voice").hidden) load(); });
  sound.addEventListener("ended", () => { if (doing === "tapping") tapped(); draw(); });
  sound.addEventListener("timeupdate", follow);
  addEventListener("keydown", (event) => {
    const target = /** @type {HTMLElement} */ (event.target);
    if (the("panel-voice").hidden || event.ctrlKey || event.metaKey || event.altKey || target.closest(".cm-editor, input, select")) return;
    const act = { r: () => (doing === "recording" ? stop() : record()), p: listen, n: () => choose(chosen + 1), t: tap }[event.key.toLowerCase()];
    if (act && lines.length) { event.preventDefault(); act(); }
  });
  draw();
}

async function load() {
  lines = await get("lines").catch(() => []);
  chosen = Math.min(chosen, Math.max(0, lines.length - 1));
  const lacking = lines.filter((one) => one.state === "none" || one.state === "stale" || one.differs?.length).length;
  tell("count", { name: "voice", count: lacking, bad: lines.some((one) => one.differs?.length) });
  draw();
}

/** @param {number} number */
function choose(number) {
  if (doing === "recording") stop(false);
  end();
  sound.pause();
  doing = null;
  chosen = Math.max(0, Math.min(lines.length - 1, number));
  draw();
}

/** The microphone as it is, without what calls do to it; asked for once. */
async function open() {
  if (microphone) return microphone;
  const plain = { echoCancellation: false, noiseSuppression: false, autoGainControl: false, channelCount: 1 };
  const stream = await navigator.mediaDevices.getUserMedia({ audio: plain });
  const context = new AudioContext({ sampleRate: 48000 });
  await context.audioWorklet.addModule("web/recorder.js");
  const node = new AudioWorkletNode(context, "recorder", { numberOfOutputs: 0 });
  context.createMediaStreamSource(stream).connect(node);
  node.port.onmessage = ({ data }) => {
    const now = data.reduce((most, one) => Math.max(most, Math.abs(one)), 0);
    level(now);
    if (doing !== "recording" && doing !== "ending") return;
    blocks.push(data);
    peak = Math.max(peak, now);
    if (doing === "recording" && blocks.length * data.length > lines[chosen].longest_s * context.sampleRate) stop();
  };
  microphone = { context, node };
  return microphone;
}

/** @param {number} now */
function level(now) {
  const meter = the("level");
  if (!meter) return;
  meter.value = Math.max(now, meter.value * 0.96);
  meter.title = now >= TOO_LOUD ? "too loud" : "";
}

async function record() {
  if (doing) return;
  try { await open(); } catch (error) { tell("say", { text: `The microphone can't be used: ${error.message}`, bad: true }); return; }
  sound.pause();
  blocks = [];
  peak = 0;
  doing = "recording";
  await microphone.context.resume();
  draw();
}

/** @param {boolean} [kept] */
async function stop(kept = true) {
  const line = lines[chosen], number = chosen, recorded = blocks, path = pictureUrl(`take/${encodeURIComponent(line.name)}`);
  doing = kept ? "ending" : null;
  draw();
  if (!kept) return;
  await new Promise((resolve) => { end = resolve; setTimeout(resolve, AFTER_MS); });
  if (doing === "ending") { doing = "saving"; draw(); }
  if (recorded.length) try {
    const found = await raw("PUT", line.name, wav(recorded, microphone.context.sampleRate), path);
    if (lines[number] === line) lines[number] = found;
  } catch (error) { tell("say", { text: error.message, bad: true }); }
  if (doing === "saving") doing = null;
  draw();
}

/** @param {string} method @param {string} name @param {Blob} [body] @param {string} [path] */
async function raw(method, name, body, path = pictureUrl(`take/${encodeURIComponent(name)}`)) {
  const got = await fetch(path, { method, body });
  const found = await got.json();
  if (!got.ok) throw new Error(found.message);
  return found;
}

/** Sixteen bits a sample, without loss from here on. @param {Float32Array[]} parts @param {number} rate */
function wav(parts, rate) {
  const count = parts.reduce((sum, one) => sum + one.length, 0), view = new DataView(new ArrayBuffer(44 + 2 * count));
  const text = (at, words) => [...words].forEach((one, n) => view.setUint8(at + n, one.charCodeAt(0)));
  text(0, "RIFF"); view.setUint32(4, 36 + 2 * count, true); text(8, "WAVEfmt "); view.setUint32(16, 16, true);
  view.setUint16(20, 1, true); view.setUint16(22, 1, true); view.setUint32(24, rate, true); view.setUint32(28, 2 * rate, true);
  view.setUint16(32, 2, true); view.setUint16(34, 16, true); text(36, "data"); view.setUint32(40, 2 * count, true);
  let at = 44;
  for (const part of parts) for (const one of part) { view.setInt16(at, Math.round(Math.max(-1, Math.min(1, one)) * 32767), true); at += 2; }
  return new Blob([view.buffer], { type: "audio/wav" });
}

function listen() {
  const line = lines[chosen];
  if (!line?.version || doing === "recording") return;
  if (!sound.paused) { sound.pause(); doing = null; return draw(); }
  sound.src = pictureUrl(`take/${encodeURIComponent(line.name)}`, { v: line.version });
  sound.play().then(draw, (error) => tell("say", { text: error.message, bad: true }));
}

/** The first tap begins to play; then each one is the moment of the next word. */
function tap() {
  const line = lines[chosen];
  if (!line?.version || doing === "recording") return;
  if (doing !== "tapping") { taps = []; sound.pause(); doing = "tapping"; listen(); return; }
  taps.push(sound.currentTime);
  if (taps.length === line.said.length) tapped(); else draw();
}

async function tapped() {
  const line = lines[chosen];
  doing = null;
  if (taps.length === line.said.length) {
    try { lines[chosen] = await send("POST", `take/${encodeURIComponent(line.name)}`, { starts: taps }); } catch (error) { tell("say", { text: error.message, bad: true }); }
  } else tell("say", { text: `${taps.length} of ${line.said.length} words were tapped; the line stays as it was`, bad: true });
  draw();
}

async function away() {
  try { lines[chosen] = await raw("DELETE", lines[chosen].name); } catch (error) { tell("say", { text: error.message, bad: true }); }
  draw();
}

/** The word that is heard, while a take plays. */
function follow() {
  const words = the("panel-voice").querySelectorAll(".said span");
  const line = lines[chosen];
  const now = doing === "tapping" ? taps.length : (line?.heard || []).filter((start) => start <= sound.currentTime + 0.02).length - 1;
  words.forEach((word, n) => word.classList.toggle("now", !sound.paused && n === now));
}

const STATES = { none: "no take", stale: "says something else", recorded: "recorded", spoken: "spoken" };

function verdict(line) {
  if (doing === "ending" || doing === "saving") return "listening to it…";
  if (line.differs?.length) return `does not say its line: ${line.differs.join("; ")}`;
  if (line.clipped) return "too loud: its peaks are cut off";
  if (line.state === "recorded" && peak && peak < TOO_QUIET) return "very quiet: nearer to the microphone";
  if (line.unsure?.length) return `not found in it: ${line.unsure.join(", ")} (tap the words)`;
  return line.state === "recorded" ? "says its line" : line.state === "spoken" ? `spoken by ${line.by}` : "read it as it stands here";
}

function draw() {
  const line = lines[chosen];
  if (!line) return put(the("panel-voice"), h("p", { class: "lead" }, "Nothing is said in this film: write ", h("code", {}, "say:"), " on a shot or a beat."));
  const button = (label, key, act, facts = {}) => h("button", { class: "quiet", title: key, onclick: act, ...facts }, label);
  put(the("panel-voice"),
    h("section", { class: "booth", "aria-label": "Line" },
      h("p", { class: "lead" }, `Line ${chosen + 1} of ${lines.length}: ${line.name}`),
      h("p", { class: "read", id: "read" }, line.read),
      h("p", { class: "said", "aria-label": "Words" }, line.said.map((word, n) => h("span", { class: doing === "tapping" && n < taps.length ? "done" : "" }, word, " "))),
      h("div", { class: "bar" },
        doing === "recording" ? h("button", { class: "strong", id: "record", title: "R", onclick: () => stop() }, "Stop")
          : h("button", { class: "strong", id: "record", title: "R", disabled: doing === "ending" || doing === "saving", onclick: record }, line.state === "recorded" ? "Retake" : "Record"),
        button(sound.paused ? "Listen" : "Stop listening", "P", listen, { id: "listen", disabled: !line.version }),
        button(doing === "tapping" ? "Tap" : "Tap the words", "T", tap, { id: "tap", disabled: !line.version }),
        button("Delete", "", away, { id: "delete-take", disabled: line.state !== "recorded" }),
        h("span", { class: "grow" }),
        button("Next", "N", () => choose(chosen + 1), { id: "next-line", disabled: chosen === lines.length - 1 })),
      h("meter", { id: "level", min: 0, max: 1, low: 0.05, high: 0.9, optimum: 0.5, value: 0, "aria-label": "Level" }),
      h("p", { id: "verdict", role: "status", class: line.differs?.length || line.clipped ? "bad" : "" }, verdict(line))),
    h("ul", { class: "lines" }, lines.map((one, n) => h("li", {}, h("button", { "aria-current": n === chosen ? "true" : null, class: one.differs?.length ? "bad" : one.state, onclick: () => choose(n) },
      h("b", {}, one.name), h("span", {}, one.text), h("em", {}, one.seconds ? `${STATES[one.state]}, ${short(one.seconds)}` : STATES[one.state]))))));
}
