// @ts-check
// The picture: animatics while it moves, the exact still once it rests.
import { filmUrl, send, stillUrl } from "./api.js";
import { clock, the } from "./dom.js";
import { beatAt, fadeAt, fps, last, model, on, pieceAt, pictureAt, shotAt, steps, tell } from "./model.js";

const SETTLE_MS = 70;
const lane = `scrub-${Math.random().toString(36).slice(2)}`;

/** @type {[HTMLVideoElement, HTMLVideoElement]} */
const videos = [the("film-a"), the("film-b")];
let front = 0;
let speed = 0;
let settling = 0;
let asked = 0;
let shown = "";
let clocked = 0;
/** @type {string | null} */
let told = null;

export const playing = () => speed !== 0;

/** Go to a frame of the video, as the author asks. @param {number} frame @param {boolean} [soon] whether the exact still is wanted at once */
export function seek(frame, soon = false) {
  model.opened = false;
  go(frame, soon);
}

/** @param {number} frame @param {boolean} [soon] */
function go(frame, soon = false) {
  model.frame = Math.max(0, Math.min(last(), Math.round(frame)));
  if (!model.state) return;
  moved();
  if (speed) { cue(); return; }
  const piece = pieceAt(model.frame);
  if (piece?.ready && !soon) {
    const video = loaded(piece);
    video.currentTime = piece.at;
    if (video.readyState >= 2) show("film");
    // On a busy machine the exact still may come before the film has got there: then it stays.
    else video.onseeked = () => { if (!speed && the("still").dataset.frame !== String(model.frame)) show("film"); };
  }
  clearTimeout(settling);
  if (!piece?.ready && !soon) request(640);
  settling = window.setTimeout(() => request(), soon ? 0 : SETTLE_MS);
}

/** Ask for the still of the current frame, exact, or small and quick. @param {number} [width] */
async function request(width) {
  const picture = pictureAt(model.frame);
  if (!picture) return;
  const mine = ++asked;
  const key = `${picture.key}/${picture.frame}`;
  if (shown === key && !width) { show("still"); return; }
  const begun = performance.now();
  try {
    const got = await fetch(stillUrl(picture.key, picture.frame, { half: picture.half, width, lane }));
    if (mine !== asked) return;
    // An older request that came in later took its place: nobody else will ask for this frame.
    if (got.status === 204) { request(width); return; }
    if (!got.ok) {
      // The picture has changed since, or can't be drawn; the next state brings another.
      const body = await got.json().catch(() => null);
      tell("still-failed", { status: got.status, message: body?.message });
      return;
    }
    const image = the("still");
    const before = image.src;
    const url = URL.createObjectURL(await got.blob());
    image.src = url;
    await image.decode().catch(() => undefined);
    if (before.startsWith("blob:")) URL.revokeObjectURL(before);
    if (mine !== asked) return;
    shown = width ? "" : key;
    image.alt = `Frame ${model.frame} of ${model.view.video}: ${describe()}`;
    image.dataset.frame = width ? "" : String(model.frame);
    image.dataset.key = width ? "" : picture.key;
    if (!speed) show("still");
    the("exact").textContent = width ? "" : "Exact frame";
    if (!width) tell("still", { ms: performance.now() - begun, frame: model.frame, key: picture.key });
  } catch { /* the studio is away; the page says so elsewhere */ }
}

function describe() {
  const shot = shotAt(model.frame), beat = beatAt(model.frame);
  return [shot?.title || shot?.id, beat?.id, beat?.statement || shot?.statement].filter(Boolean).join(", ");
}

/** @param {"still" | "film"} what */
function show(what) {
  the("frame").dataset.shows = what;
  const back = blend(what);
  videos.forEach((video, index) => { video.style.visibility = what === "film" && (index === front || back) ? "visible" : "hidden"; });
  if (what === "film") the("exact").textContent = playing() || !shown ? "Animatic" : "";
}

/** In a cross-fade that plays, mix in what the video behind holds; whether it is seen. @param {string} what */
function blend(what) {
  const fade = what === "film" && speed ? fadeAt(Math.floor(model.frame)) : null;
  const shot = shotAt(Math.floor(model.frame));
  const other = fade === null || !shot ? null : pieceAt(fade < 0.5 ? shot.start + shot.frames : shot.start - 1);
  const behind = videos[1 - front];
  const mixed = !!other && behind.src === urlOf(other) && behind.readyState >= 2;
  // The second lies over the first: its share alone decides.
  const share = fade === null ? 0 : fade < 0.5 ? fade : 1 - fade;
  videos[1].style.opacity = mixed ? String(front === 1 ? 1 - share : share) : "";
  return mixed;
}

/** @param {{key: string}} piece */
const urlOf = (piece) => new URL(filmUrl(piece.key), document.baseURI).href;

/** The front video with a piece in it. @param {any} piece */
function loaded(piece) {
  const url = urlOf(piece), other = 1 - front;
  if (videos[front].src !== url) {
    if (videos[other].src === url) front = other;
    else videos[front].src = url;
  }
  return videos[front];
}

/** Begin to play from the current frame. @param {number} [wanted] frames a frame; negative plays back */
export function play(wanted = 1) {
  if (!model.state) return;
  if (wanted > 0 && (model.opened || model.frame >= last())) model.frame = 0;
  model.opened = false;
  speed = wanted;
  clocked = performance.now();
  cue();
  buttons();
}

export function pause() {
  if (!speed) return;
  speed = 0;
  videos.forEach((video) => video.pause());
  the("waiting").hidden = true;
  buttons();
  go(model.frame, true);
}

/** Have the piece of the current frame run, and the next one ready behind it. */
function cue() {
  const piece = pieceAt(model.frame);
  if (!piece || !speed) return;
  at(piece.shot.id);
  if (!piece.ready) {
    videos.forEach((video) => video.pause());
    the("waiting").textContent = piece.error ? `${piece.shot.id}: ${piece.error}` : `${piece.shot.id} is being drawn`;
    the("waiting").hidden = false;
    return;
  }
  the("waiting").hidden = true;
  const video = loaded(piece);
  if (Math.abs(video.currentTime - piece.at) > 0.08 || video.ended) video.currentTime = piece.at;
  videos[1 - front].pause();
  if (speed > 0) { video.playbackRate = speed; video.play().catch(() => undefined); } else video.pause();
  if (video.readyState >= 2) show("film");
  else video.onloadeddata = () => { if (speed) show("film"); };
  prepare(piece);
}

/** Have the next piece ready behind the one that plays, once what is there is not seen any more. @param {any} piece */
function prepare(piece) {
  const next = pieceAt(after(piece)), behind = videos[1 - front];
  if ((fadeAt(Math.floor(model.frame)) ?? 0) >= 0.5 || !next?.ready || next.key === piece.key) return;
  if (behind.src !== urlOf(next)) behind.src = urlOf(next);
}

/** The first frame past a piece. @param {any} piece */
const after = (piece) => Math.min(piece.shot.start + piece.shot.frames, piece.shot.start + Math.ceil(piece.until * fps() - 1e-3));

function tick() {
  requestAnimationFrame(tick);
  const now = performance.now();
  const passed = (now - clocked) / 1000;
  clocked = now;
  if (!speed || !the("waiting").hidden) return;
  const piece = pieceAt(Math.floor(model.frame)), video = videos[front];
  if (!piece) return;
  if (speed < 0) {
    const frame = model.frame + passed * speed * fps();
    if (frame <= 0) { speed = 0; buttons(); go(0, true); return; }
    model.frame = frame;
    const back = pieceAt(Math.floor(frame));
    if (back?.ready && !video.seeking) { loaded(back).currentTime = back.at; show("film"); }
    return moved();
  }
  if (video.src !== urlOf(piece)) return cue();
  if (video.ended || video.currentTime >= piece.until - piece.from) {
    const frame = after(piece);
    if (frame > last()) { model.frame = last(); pause(); return; }
    model.frame = frame;
    cue();
  } else if (!video.seeking && video.readyState >= 2) {
    const first = piece.shot.start + Math.ceil(piece.from * fps() - 1e-3);
    const frame = piece.shot.start + Math.floor((piece.from + video.currentTime) * fps());
    model.frame = Math.max(first, Math.min(after(piece) - 1, frame));
    prepare(piece);
    show("film");
  }
  moved();
}

/** Tell everybody where the playhead is. */
function moved() {
  const frame = Math.floor(model.frame), shot = shotAt(frame), beat = beatAt(frame);
  const seconds = frame / fps();
  the("clock").textContent = `${clock(seconds)} / ${clock((model.state?.frames || 0) / fps())}`;
  the("where").textContent = shot ? [shot.id, beat?.id].filter(Boolean).join(" · ") + `  frame ${frame}` : "";
  const cue = model.state?.cues.find((one) => seconds >= one.start && seconds < one.end);
  the("caption").textContent = cue?.text || "";
  tell("moved", { frame, seconds });
  if (shot && !speed) at(shot.id);
}

/** Let the studio know which shot to draw first. @param {string} shot */
function at(shot) {
  if (told !== shot) { told = shot; send("POST", "at", {}, { shot }).catch(() => undefined); }
}

const ICONS = { play: "M4 2.5v11l9-5.5z", pause: "M4 3h3v10H4zM9 3h3v10H9z" };

function buttons() {
  const button = the("play");
  button.setAttribute("aria-label", speed ? "Pause" : "Play");
  button.querySelector("path").setAttribute("d", speed ? ICONS.pause : ICONS.play);
  the("frame").dataset.plays = speed ? String(speed) : "";
}

/** To the beat before or after. @param {number} direction */
export function step(direction) {
  const all = steps();
  const at = Math.floor(model.frame);
  const found = direction > 0 ? all.find((frame) => frame > at) : all.filter((frame) => frame < at).at(-1);
  pause();
  seek(found ?? (direction > 0 ? last() : 0));
}

/** J, K, L: back, stop, on; pressed again, faster. @param {number} direction */
export function shuttle(direction) {
  const same = Math.sign(speed) === direction;
  play(same ? Math.max(-8, Math.min(8, speed * 2)) : direction);
}

export function begin() {
  on("state", (facts) => { shown = facts.kept ? shown : ""; go(model.frame, true); });
  on("films", () => {
    if (!speed) return;
    const piece = pieceAt(Math.floor(model.frame));
    if (!the("waiting").hidden || (piece && videos[front].src !== urlOf(piece))) cue();
  });
  requestAnimationFrame(tick);
  buttons();
}
