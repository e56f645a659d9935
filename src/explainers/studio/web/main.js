// @ts-check
// The page: what is looked at, what the studio says, and the parts that show it.
import { get, listen, look } from "./api.js";
import * as booth from "./booth.js";
import { h, icon, the } from "./dom.js";
import * as facts from "./facts.js";
import * as findings from "./findings.js";
import * as keys from "./keys.js";
import * as kinds from "./kinds.js";
import { fps, model, on, shotAt, shotOf, tell } from "./model.js";
import * as player from "./player.js";
import * as renderPane from "./render_pane.js";
import * as textPane from "./text_pane.js";
import * as timeline from "./timeline.js";

const TABS = { text: "Storyboard", findings: "Findings", facts: "Facts", kinds: "Kinds", voice: "Voice", render: "Render" };
const SHAPES = [["", "As written"], ["16:9", "16:9"], ["1:1", "1:1"], ["9:16", "9:16"]];
/** @type {EventSource | null} */ let news = null;
/** @type {Set<string>} Shots whose animatic is awaited, to be played. */
let awaited = new Set();
let connected = true;
let fetching = false, again = false;

/** Fetch the view, once for all news that come meanwhile. */
async function fetchView() {
  if (fetching) { again = true; return; }
  fetching = true;
  try {
    do { again = false; take(await get("view")); } while (again);
  } catch (error) { say(error.message, true); } finally { fetching = false; }
}

/** @param {any} view */
function take(view) {
  const before = model.state, here = before && shotAt(Math.floor(model.frame));
  const within = here ? Math.floor(model.frame) - here.start : 0;
  const other = model.view?.video !== view.video;
  const films = model.view?.films;
  model.view = view;
  the("stale").hidden = !view.problems.length || !(view.state || model.state);
  if (view.state) {
    model.state = view.state;
    the("frame").style.aspectRatio = `${view.state.width} / ${view.state.height}`;
    the("frame").style.setProperty("--ratio", String(view.state.width / view.state.height));
    const now = here && !other ? shotOf(here.id) : null;
    const kept = !!now && now.key === here.key;
    if (now) model.frame = now.start + Math.min(within, now.frames - 1);
    else if (model.opened && view.state.shots.length) model.frame = view.state.shots[0].start + view.state.shots[0].rest;
    if (before && !other && films) changes(before, view);
    tell("state", { kept });
  } else { if (other) model.state = null; tell("problems", {}); tell("state-missing", {}); }
  document.title = `${view.state?.title || view.video} · studio`;
  status();
  tell("findings", {});
  tell("films", {});
}

/** Shots that are not what they were are played once drawn, where the author wants that. */
function changes(before, view) {
  const was = new Set(before.shots.map((shot) => shot.key));
  awaited = new Set(view.state.shots.filter((shot) => !was.has(shot.key)).map((shot) => shot.id));
  playAwaited();
}

function playAwaited() {
  if (!the("play-changes").checked) return;
  for (const id of awaited) {
    const shot = shotOf(id);
    const film = model.view.films[id];
    if (shot && film?.pieces[0].ready && film.of >= model.view.revision) {
      awaited.clear();
      player.pause();
      model.frame = shot.start;
      player.play();
    }
  }
}

/** @param {any} message */
function hear(message) {
  if (message.kind === "again") return watch();
  if (message.kind === "hello") { if (model.view) { fetchView(); tell("files", {}); } }
  else if (message.kind === "state") { fetchView(); tell("files", {}); }
  else if (message.kind === "films" && model.view) {
    for (const [shot, film] of Object.entries(message.films)) model.view.films[shot] = film;
    tell("films", {});
    playAwaited();
    status();
  } else if (message.kind === "findings" && model.view) {
    Object.assign(model.view, { findings: message.findings, judged: message.judged });
    tell("findings", {});
  } else if (message.kind === "render") tell("render", message.render);
}

function watch() {
  news?.close();
  news = listen(hear, (there) => { connected = there; status(); });
}

/** @param {string} text @param {boolean} [bad] */
function say(text, bad = false) {
  const toast = h("p", { class: `toast ${bad ? "bad" : ""}`, role: "alert" }, text);
  document.body.append(toast);
  setTimeout(() => toast.remove(), 6000);
}

function status() {
  const films = Object.values(model.view?.films || {});
  const lacking = films.filter((one) => !one.error && one.pieces.some((piece) => !piece.ready)).length;
  const problems = model.view?.problems.length || 0;
  const chip = the("status");
  const opening = !model.view;
  chip.className = `status ${!connected && !opening ? "away" : problems ? "bad" : opening || lacking ? "busy" : "good"}`;
  chip.textContent = opening ? "Opening the film…" : !connected ? "Studio away, waiting for it" : problems ? `${problems} problem${problems > 1 ? "s" : ""}` : lacking ? `Drawing ${lacking} animatic${lacking > 1 ? "s" : ""}` : "Up to date";
}

async function change() {
  model.view = null;
  status();
  localStorage.setItem("explainers-look", JSON.stringify(look));
  watch();
  await fetchView();
  tell("look", {});
}

function segments(id, choices, name) {
  const box = the(id);
  const draw = () => box.replaceChildren(h("span", { "aria-hidden": "true" }, box.getAttribute("aria-label")), ...choices.map(([value, label]) => h("button", {
    role: "radio", "aria-checked": String(look[name] === value), tabindex: look[name] === value ? "0" : "-1", class: look[name] === value ? "on" : "",
    onclick: () => { look[name] = value; draw(); change(); },
    onkeydown: (event) => {
      const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      if (!by) return;
      look[name] = choices[(choices.findIndex(([one]) => one === value) + by + choices.length) % choices.length][0];
      draw(); box.querySelector(".on").focus(); change();
    },
  }, label)));
  draw();
}

/** The languages of the video, where there are others than the storyboard's. @param {Record<string, string[]>} languages */
function tongues(languages) {
  const there = languages[look.video] || [], names = new Intl.DisplayNames(["en"], { type: "language" });
  if (!there.includes(look.language)) look.language = "";
  segments("languages", [["", "As written"], ...there.map((one) => [one, names.of(one)])], "language");
  the("languages").hidden = !there.length;
}

function tabs() {
  const counts = {};
  const open = (name) => {
    for (const one of Object.keys(TABS)) {
      the(`panel-${one}`).hidden = one !== name;
      const tab = the(`tab-${one}`);
      tab.setAttribute("aria-selected", String(one === name));
      tab.tabIndex = one === name ? 0 : -1;
    }
  };
  the("tabs").append(...Object.entries(TABS).map(([name, label]) => h("button", {
    role: "tab", id: `tab-${name}`, "aria-controls": `panel-${name}`, onclick: () => tell("tab", { name }),
    onkeydown: (event) => {
      const names = Object.keys(TABS), by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      if (by) { const next = names[(names.indexOf(name) + by + names.length) % names.length]; tell("tab", { name: next }); the(`tab-${next}`).focus(); }
    },
  }, label, h("span", { class: "count" }))));
  on("tab", ({ name }) => open(name));
  on("count", ({ name, count, bad }) => { const badge = the(`tab-${name}`).querySelector(".count"); badge.textContent = count || ""; badge.classList.toggle("bad", bad); });
  open("text");
}

function mode() {
  const system = matchMedia("(prefers-color-scheme: light)");
  const now = () => localStorage.getItem("explainers-mode") || (system.matches ? "light" : "dark");
  const draw = () => { document.documentElement.dataset.mode = now(); the("mode").replaceChildren(icon(now() === "dark" ? "M8 1.5v1.6M8 12.9v1.6M1.5 8h1.6M12.9 8h1.6M3.4 3.4l1.1 1.1M11.5 11.5l1.1 1.1M3.4 12.6l1.1-1.1M11.5 4.5l1.1-1.1M8 5a3 3 0 100 6 3 3 0 000-6z" : "M13.5 9.6A6 6 0 016.4 2.5a6 6 0 107.1 7.1z")); };
  the("mode").classList.add("lined");
  the("mode").addEventListener("click", () => { localStorage.setItem("explainers-mode", now() === "dark" ? "light" : "dark"); draw(); });
  system.addEventListener("change", draw);
  draw();
}

function transport() {
  const icons = { "to-start": "M3 3h2v10H3zM13 3v10L6 8z", "beat-back": "M10.5 3.5L6 8l4.5 4.5z", play: "", "beat-on": "M5.5 3.5L10 8l-4.5 4.5z", "to-end": "M11 3h2v10h-2zM3 3v10l7-5z" };
  for (const [id, path] of Object.entries(icons)) the(id).append(icon(path));
  the("play").addEventListener("click", () => (player.playing() ? player.pause() : player.play()));
  the("to-start").addEventListener("click", () => { player.pause(); player.seek(0); });
  the("to-end").addEventListener("click", () => { player.pause(); player.seek(model.state.frames - 1); });
  the("beat-back").addEventListener("click", () => player.step(-1));
  the("beat-on").addEventListener("click", () => player.step(1));
}

async function begin() {
  mode(); tabs(); transport();
  on("say", ({ text, bad }) => say(text, bad));
  on("still-failed", ({ status: code, message }) => { if (code === 404) fetchView(); else if (message) say(message, true); });
  for (const part of [timeline, player, textPane, findings, facts, kinds, booth, renderPane, keys]) part.begin();
  const about = await get("about");
  const known = JSON.parse(localStorage.getItem("explainers-look") || "{}");
  const asked = new URLSearchParams(location.search).get("video");
  Object.assign(look, known.video === about.first ? known : {}, { video: asked || about.first });
  the("video").append(...about.videos.map((video) => h("option", { value: video, selected: video === look.video }, video)));
  the("video").addEventListener("change", () => { look.video = the("video").value; model.opened = true; tongues(about.languages); change(); });
  segments("themes", [["", "As written"], ...about.themes.map((name) => [name, name[0].toUpperCase() + name.slice(1)])], "theme");
  segments("shapes", SHAPES, "aspect");
  tongues(about.languages);
  tell("render", await get("render"));
  await change();
}

/** @type {any} */ (window).studio = { model, look, player, fps };
begin();
