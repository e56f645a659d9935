// @ts-check
// What the page asks the studio. Paths are relative, so the token in the page's address goes along.

/** @type {{video: string, theme: string, aspect: string, language: string}} */
export const look = { video: "", theme: "", aspect: "", language: "" };

/** @param {Record<string, any>} [more] */
function query(more = {}) {
  const asked = new URLSearchParams();
  for (const [name, value] of Object.entries({ ...look, ...more }))
    if (value !== "" && value !== undefined && value !== null) asked.set(name, String(value));
  return asked.toString();
}

export class Refusal extends Error {
  /** @param {number} status @param {any} body */
  constructor(status, body) {
    super(body?.message || `the studio answered ${status}`);
    this.status = status;
    this.body = body;
  }
}

/** @param {string} path @param {RequestInit} [how] */
async function answer(path, how) {
  const got = await fetch(path, how);
  if (got.status === 204) return null;
  const body = await got.json().catch(() => null);
  if (!got.ok) throw new Refusal(got.status, body);
  return body;
}

/** @param {string} name @param {Record<string, any>} [more] */
export const get = (name, more) => answer(`api/${name}?${query(more)}`);

/** @param {string} method @param {string} name @param {any} body @param {Record<string, any>} [more] */
export const send = (method, name, body, more) =>
  answer(`api/${name}?${query(more)}`, { method, body: JSON.stringify(body ?? {}), headers: { "content-type": "application/json" } });

/** The address of a picture of the look. @param {string} name @param {Record<string, any>} [more] */
export const pictureUrl = (name, more) => `api/${name}?${query(more)}`;

/** @param {string} key @param {number} frame @param {{width?: number, half?: number, lane?: string}} [more] */
export function stillUrl(key, frame, more = {}) {
  const asked = new URLSearchParams({ key, frame: String(frame) });
  for (const [name, value] of Object.entries(more)) if (value) asked.set(name, String(value));
  return `api/still?${asked}`;
}

/** @param {string} key */
export const filmUrl = (key) => `api/film/${key}.mp4`;

/** News of the look, for as long as it is looked at. @param {(message: any) => void} heard @param {(there: boolean) => void} connected */
export function listen(heard, connected) {
  const source = new EventSource(`api/events?${query()}`);
  source.onmessage = (event) => heard(JSON.parse(event.data));
  source.onopen = () => connected(true);
  source.onerror = () => {
    connected(false);
    // A studio that refuses, rather than is away, ends the stream for good.
    if (source.readyState === EventSource.CLOSED) setTimeout(() => heard({ kind: "again" }), 1500);
  };
  return source;
}
