// @ts-check
// What the page knows, and who wants to hear of changes.

/** @typedef {{id: string, start: number, end: number, rest: number, statement: string | null, line: number}} Beat */
/** @typedef {{id: string, kind: string, title: string | null, statement: string | null, key: string, start: number, frames: number, rest: number, line: number, beats: Beat[], missing: string[]}} Shot */

export const model = {
  /** @type {any} */ view: null,
  /** @type {any} The last state that could be planned. */ state: null,
  frame: 0,
  /** Whether the playhead is still where a video opens: at rest in its first shot, where there is something to see. */
  opened: true,
};

/** @type {Map<string, Set<(facts: any) => void>>} */
const listeners = new Map();

/** @param {string} kind @param {(facts: any) => void} listener */
export function on(kind, listener) {
  if (!listeners.has(kind)) listeners.set(kind, new Set());
  listeners.get(kind)?.add(listener);
}

/** @param {string} kind @param {any} [facts] */
export function tell(kind, facts) {
  for (const listener of listeners.get(kind) || []) listener(facts);
}

/** The shot on screen at a frame. @param {number} frame @returns {Shot | null} */
export function shotAt(frame) {
  const shots = model.state?.shots || [];
  return shots.find((shot) => frame < shot.start + shot.frames) || shots.at(-1) || null;
}

/** @param {string} id @returns {Shot | undefined} */
export const shotOf = (id) => model.state?.shots.find((shot) => shot.id === id);

/** The beat in force at a frame. @param {number} frame @returns {Beat | null} */
export function beatAt(frame) {
  const shot = shotAt(frame);
  return shot?.beats.find((beat) => frame - shot.start >= beat.start && frame - shot.start < beat.end) || null;
}

/** First frames of all beats, and of shots without any. */
export function steps() {
  /** @type {number[]} */
  const found = [];
  for (const shot of model.state?.shots || []) {
    found.push(shot.start);
    for (const beat of shot.beats) found.push(shot.start + beat.start);
  }
  return [...new Set(found)].sort((one, other) => one - other);
}

/** What picture shows a frame: of one shot, or of a cross-fade. @param {number} frame */
export function pictureAt(frame) {
  const shot = shotAt(frame);
  if (!shot) return null;
  const local = frame - shot.start;
  for (const fade of model.state.fades) {
    const before = shotOf(fade.before), after = shotOf(fade.after);
    if (!before || !after) continue;
    const into = fade.after === shot.id && local < fade.frames;
    const out = fade.before === shot.id && local >= shot.frames - fade.frames;
    if (into || out) {
      const within = into ? local + fade.frames : local - (shot.frames - fade.frames);
      return { key: `${before.key}~${after.key}`, frame: within, half: fade.frames };
    }
  }
  return { key: shot.key, frame: local, half: 0 };
}

/** How far a cross-fade is at a frame: from 0, the shot before alone, to 1. @param {number} frame */
export function fadeAt(frame) {
  const picture = pictureAt(frame);
  return picture?.half ? (picture.frame + 0.5) / (2 * picture.half) : null;
}

/** The piece of an animatic that shows a frame. @param {number} frame */
export function pieceAt(frame) {
  const shot = shotAt(frame), film = shot && model.view?.films[shot.id];
  if (!shot || !film) return null;
  const at = (frame - shot.start + 0.5) / fps();
  const index = Math.max(0, film.pieces.findIndex((one) => at < one.until));
  const piece = at < film.pieces.at(-1).until ? film.pieces[index] : film.pieces.at(-1);
  return { ...piece, shot, error: film.error, at: Math.min(at, piece.until - 0.01) - piece.from };
}

export const fps = () => model.state?.fps || 60;
export const last = () => Math.max(0, (model.state?.frames || 1) - 1);
