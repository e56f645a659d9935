// @ts-check
// The text pane: the storyboard and its assets' texts, saved as they are edited, never over another's changes.
import { get, send } from "./api.js";
import { h, put, the } from "./dom.js";
import { createEditor } from "./editor.bundle.js";
import { model, on, tell } from "./model.js";

/** @type {any} */ let editor;
/** @type {{path: string, version: string, saved: string}} */
let file = { path: "", version: "", saved: "" };
let checking = 0;
const lane = `text-${Math.random().toString(36).slice(2)}`;

export function begin() {
  const panel = the("panel-text");
  panel.append(
    h("div", { class: "bar" },
      h("select", { id: "file", "aria-label": "File", onchange: () => open(the("file").value, true) }),
      h("span", { id: "dirty", class: "dirty", hidden: true }, "edited"),
      h("span", { class: "grow" }),
      h("button", { id: "save", class: "quiet", title: "Ctrl-S", onclick: save }, "Save")),
    h("div", { id: "conflict", class: "conflict", role: "alert", hidden: true }),
    h("div", { id: "editor", class: "editor" }),
    h("div", { id: "problems", class: "problems", "aria-label": "Problems", role: "log" }));
  editor = createEditor({ parent: the("editor"), changed: edited, save, moved: () => undefined });
  on("state", () => { if (!dirty()) problems(model.view.problems); });
  on("look", load);
  on("files", refresh);
  on("go-to", ({ path, line, column, focus }) => goTo(path || storyboard(), line, column, focus));
  on("insert", ({ text }) => insert(text));
  addEventListener("beforeunload", (event) => { if (dirty()) event.preventDefault(); });
  // A way in for tests and for the curious.
  /** @type {any} */ (window).studioEditor = editor;
}

const dirty = () => file.path !== "" && editor.text() !== file.saved;
const storyboard = () => `scenes/${model.view?.video}/storyboard.yaml`;

async function load() {
  const files = await get("files");
  put(the("file"), ...files.map((path) => h("option", { value: path }, path)));
  await open(files[0], false);
  editor.setSchema(await get("schema"));
}

/** @param {string} path @param {boolean} ask whether edits that are not saved are asked about */
async function open(path, ask) {
  if (ask && dirty() && !confirm(`${file.path} has edits that are not saved. Leave them?`)) { the("file").value = file.path; return false; }
  const got = await get("file", { path });
  file = { path, version: got.version, saved: got.text };
  the("file").value = path;
  editor.open(got.text);
  the("conflict").hidden = true;
  shown();
  if (model.view) problems(model.view.problems);
  return true;
}

/** The file on disk may be another one now. */
async function refresh() {
  if (!file.path) return;
  const got = await get("file", { path: file.path }).catch(() => null);
  if (!got || got.version === file.version) return;
  if (got.text === editor.text() || !dirty()) {
    editor.refresh(got.text);
    file = { ...file, version: got.version, saved: got.text };
    shown();
  } else conflict(got);
}

/** @param {{text: string, version: string}} theirs */
function conflict(theirs) {
  const keep = () => { file = { ...file, version: theirs.version, saved: theirs.text }; the("conflict").hidden = true; shown(); save(); };
  const take = () => { editor.refresh(theirs.text); file = { ...file, version: theirs.version, saved: theirs.text }; the("conflict").hidden = true; shown(); };
  put(the("conflict"), 
    h("span", {}, "The file has changed on disk, and you have edits here. Nothing was overwritten."),
    h("button", { class: "quiet", onclick: take }, "Take the file"), h("button", { class: "quiet", onclick: keep }, "Keep mine"));
  the("conflict").hidden = false;
}

async function save() {
  if (!dirty()) return;
  const text = editor.text();
  try {
    const saved = await send("PUT", "file", { text, version: file.version }, { path: file.path });
    file = { ...file, version: saved.version, saved: saved.text };
    the("conflict").hidden = true;
    tell("saved", {});
  } catch (error) {
    if (error.status === 409) conflict(error.body);
    else tell("say", { text: `Not saved: ${error.message}`, bad: true });
  }
  shown();
}

function edited() {
  shown();
  clearTimeout(checking);
  checking = window.setTimeout(check, 250);
}

/** Problems of the text as it is being written. */
async function check() {
  if (file.path !== storyboard()) return;
  const found = await send("POST", "validate", { text: editor.text() }, { lane }).catch(() => null);
  if (found) problems(found);
}

/** @param {any[]} found */
function problems(found) {
  const here = found.filter((one) => one.file === file.path);
  editor.problems(here);
  put(the("problems"), ...found.slice(0, 30).map((one) =>
    h("button", { class: `problem ${one.severity}`, "data-code": one.code, "data-line": one.line, onclick: () => one.line && goTo(one.file, one.line, one.column) },
      one.line && h("span", { class: "place" }, `${one.file === file.path ? "line " : `${one.file}:`}${one.line}`),
      h("span", {}, one.message, one.did_you_mean && h("em", {}, ` did you mean ${one.did_you_mean}?`)),
      one.source_line && h("pre", {}, `${one.source_line.trimEnd()}\n${" ".repeat(Math.max(0, one.column - 1))}${"^".repeat(Math.max(1, one.length))}`))));
}

function shown() {
  the("dirty").hidden = !dirty();
  the("save").disabled = !dirty();
}

/** @param {string} path @param {number} line @param {number} [column] @param {boolean} [focus] */
async function goTo(path, line, column, focus = true) {
  tell("tab", { name: "text" });
  const known = [...the("file").options].some((one) => one.value === path);
  if (path !== file.path && (!known || !(await open(path, true)))) return;
  editor.goTo(line, column, focus);
}

/** @param {string} text a shot's lines, as an example has them */
async function insert(text) {
  tell("tab", { name: "text" });
  if (file.path !== storyboard() && !(await open(storyboard(), true))) return;
  const now = editor.text();
  editor.insert(`${now.endsWith("\n") ? "" : "\n"}${text.trimEnd()}\n`);
}
