// @ts-check
// The keyboard: what a player of film has had for decades.
import { fps, last, model } from "./model.js";
import { pause, play, playing, seek, shuttle, step } from "./player.js";

/** @type {Record<string, (event: KeyboardEvent) => void>} */
const KEYS = {
  " ": () => (playing() ? pause() : play()),
  ArrowLeft: (event) => by(event.shiftKey ? -fps() : -1),
  ArrowRight: (event) => by(event.shiftKey ? fps() : 1),
  j: () => shuttle(-1),
  k: () => pause(),
  l: () => shuttle(1),
  Home: () => { pause(); seek(0); },
  End: () => { pause(); seek(last()); },
  "[": () => step(-1),
  "]": () => step(1),
};

/** @param {number} frames */
function by(frames) {
  pause();
  seek(Math.floor(model.frame) + frames);
}

export function begin() {
  addEventListener("keydown", (event) => {
    const target = /** @type {HTMLElement} */ (event.target);
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (target.closest(".cm-editor, input, select, textarea, [role=tab], [role=radio]")) return;
    if (event.key === " " && target.closest("button, summary, a")) return;
    const act = KEYS[event.key.length === 1 ? event.key.toLowerCase() : event.key];
    if (act) { event.preventDefault(); act(event); }
  });
}
