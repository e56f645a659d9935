// <explainer-race>: a race of a film that the reader holds: play, scrub, speed, views, runs, sources. It shows
// what race.json says of the film's frames and works out nothing of its own. What stands in it, a table, is
// what there is without scripts. No request to anybody else, no inline script or style.

import { Cards, Counters, Lanes, Latency, Tracks, made, summed, timed, written } from './race_views.js';

/** @typedef {import('./race_views.js').Data} Data @typedef {import('./race_views.js').Host} Host
 * @typedef {import('./race_views.js').Tile} Tile @typedef {import('./race_views.js').View} View */

const HOME = new URL('.', import.meta.url);
const calm = matchMedia('(prefers-reduced-motion: reduce)');
const VIEWS = { tracks: Tracks, lanes: Lanes, counters: Counters, latency: Latency };
const RATES = new Map([['¼', 0.25], ['½', 0.5], ['1', 1], ['2', 2], ['4', 4]]);
const HELP = 'Space plays and pauses; the arrow keys go on and back by a second, with Shift by a frame.';

/** The style sheet, had once for all races of a page. @type {Promise<CSSStyleSheet> | undefined} */
let sheet;
const styled = () => (sheet ??= fetch(new URL('race.css', HOME)).then(answer => answer.text()).then(text => new CSSStyleSheet().replace(text)));

/** The film's type, in the characters of a race; nothing is laid out before it is there, or can't be had.
 * @type {Promise<unknown> | undefined} */
let letters;
const lettered = () => (letters ??= Promise.allSettled([['Race Sans', 'race-sans.woff', '400 650'], ['Race Mono', 'race-mono.woff', '400 700']].map(([family, file, weight]) => {
  const face = new FontFace(family, `url(${new URL(file, HOME).href})`, { weight });
  document.fonts.add(face);
  return face.load();
})));

/** Whether what lies behind an element is dark: the first colour that is not see-through, as a canvas reads it.
 * @param {Element} element */
function onDark(element) {
  const pen = Object.assign(document.createElement('canvas'), { width: 1, height: 1 }).getContext('2d', { willReadFrequently: true });
  for (let node = element.parentElement; pen && node; node = node.parentElement) {
    pen.clearRect(0, 0, 1, 1);
    pen.fillStyle = getComputedStyle(node).backgroundColor;
    pen.fillRect(0, 0, 1, 1);
    const [r, g, b, alpha] = pen.getImageData(0, 0, 1, 1).data;
    if (alpha > 127) return 0.2126 * r + 0.7152 * g + 0.0722 * b < 128;
  }
  return /^dark/.test(getComputedStyle(document.documentElement).colorScheme);
}

/** How many times as fast as the run: a speed in hundredths, by the reader's factor. @param {number} speed @param {number} rate */
const times = (speed, rate) => `${Number(((speed / 100) * rate).toFixed(2))}×`;

/** A button that does something. @param {string} words @param {() => void} does @param {string} [label] */
function button(words, does, label) {
  const one = /** @type {HTMLButtonElement} */ (made('button', '', words));
  one.type = 'button';
  if (label) one.setAttribute('aria-label', label);
  one.addEventListener('click', does);
  return one;
}

/** Buttons of which some are pressed, under a name. @param {string} name @param {HTMLElement[]} buttons */
function group(name, buttons) {
  const one = made('div', 'group', made('span', 'label', name), ...buttons);
  one.setAttribute('role', 'group');
  one.setAttribute('aria-label', name);
  return one;
}

/** Words as a link where they have an address. @param {string} words @param {string | null} url */
function linked(words, url) {
  if (!url || !/^https?:\/\//.test(url)) return made('span', '', words);
  return Object.assign(made('a', '', words), { href: url });
}

class ExplainerRace extends HTMLElement {
  /** @type {AbortController | null} */
  #here = null;
  /** @type {Data | null} */
  #data = null;
  /** @type {Host | null} */
  #host = null;
  /** @type {View | null} */
  #view = null;
  /** @type {Cards | null} */
  #cards = null;
  /** @type {keyof typeof VIEWS} */
  #name = 'tracks';
  /** @type {Map<number, Tile | null>} */
  #tiles = new Map();
  /** The counters' values, by run and name. @type {Record<string, number[]>[]} */
  #values = [];
  /** @type {number[]} */
  #speeds = [];
  #step = 0;
  #rate = 1;
  /** Whether the film's moment is here: it was paused over this race. */
  #held = false;
  /** @type {{at: number, step: number} | null} */
  #playing = null;
  /** @type {Record<string, HTMLElement>} */
  #parts = {};

  async connectedCallback() {
    if (this.#here) return;
    const here = new AbortController();
    this.#here = here;
    this.#follow(here.signal);
    if (this.#data) return this.#start(here.signal);
    const address = new URL(this.getAttribute('src') || 'race.json', document.baseURI);
    try {
      const [answer, css] = await Promise.all([fetch(address), styled(), lettered()]);
      const data = /** @type {Data} */ (await answer.json());
      if (data.format !== 'race/1' || !data.notes.length) throw new Error(`${address.pathname} is no race/1 with its notes`);
      if (here.signal.aborted) return;
      this.#data = data;
      const root = this.shadowRoot || this.attachShadow({ mode: 'open' });
      root.adoptedStyleSheets = [css];
      this.#build(root, data);
      this.#start(here.signal);
      // The film may have been paused while this was on its way.
      const film = this.#film();
      if (film?.paused && film.played.length) film.dispatchEvent(new Event('pause'));
    } catch (error) {
      // The table that stands here says what there is.
      console.warn(`explainer-race: ${error}`);
      this.toggleAttribute('data-ready', true);
    }
    return undefined;
  }

  disconnectedCallback() {
    this.#here?.abort();
    this.#here = null;
    this.pause();
  }

  // -- the moment ------------------------------------------------------------------------------

  get steps() {
    return this.#data ? this.#data.clock.values.length : 1;
  }

  /** The step that is shown: a frame of the film, counted from the clock's start. */
  get step() {
    return this.#step;
  }

  set step(step) {
    this.#step = Math.max(0, Math.min(this.steps - 1, Math.round(step)));
    this.#show();
  }

  /** The moment that is shown, in seconds of the film: the middle of its frame. */
  get filmTime() {
    const { first_frame, fps } = this.#data?.film || { first_frame: 0, fps: 1 };
    return (first_frame + this.#step + 0.5) / fps;
  }

  /** Seconds of the runs that are shown. */
  get runTime() {
    const { clock } = this.#host || { clock: [0] };
    return clock[this.#step] / 10 ** (this.#data?.clock.digits || 0);
  }

  /** Every number that is shown of every run, as it is written. @returns {Record<string, string>[]} */
  get numbers() {
    const { runs } = this.#data || { runs: [] };
    return runs.map((run, index) => Object.fromEntries(Object.keys(run.counters).map(name => [name, this.#text(index, name, this.#step)])));
  }

  play() {
    if (this.#playing || !this.#data) return;
    this.#film()?.pause();
    if (this.#step >= this.steps - 1) this.#step = 0;
    const { fps } = this.#data.film;
    const playing = { at: performance.now(), step: this.#step };
    this.#playing = playing;
    const on = (/** @type {number} */ now) => {
      if (this.#playing !== playing) return;
      const step = Math.floor(playing.step + ((Math.max(now, playing.at) - playing.at) / 1000) * fps * this.#rate);
      if (step !== this.#step) this.step = step;
      if (this.#step >= this.steps - 1) this.pause();
      else requestAnimationFrame(on);
    };
    requestAnimationFrame(on);
    this.#show();
  }

  pause() {
    this.#playing = null;
    this.#show();
  }

  /** @param {number} rate */
  #speed(rate) {
    const on = Boolean(this.#playing);
    this.#playing = null;
    this.#rate = rate;
    if (on) this.play();
    this.#show();
  }

  // -- the film --------------------------------------------------------------------------------

  /** The film's video, where its player is on the page. @returns {HTMLVideoElement | null} */
  #film() {
    const name = this.#data?.video || this.dataset.video;
    const players = [...document.querySelectorAll('explainer-video')];
    return players.find(one => /** @type {HTMLElement} */ (one).dataset.video === name)?.querySelector('video') || null;
  }

  /** A film that is paused over this race hands its moment over; played on, it takes it back.
   * @param {AbortSignal} signal */
  #follow(signal) {
    const options = { capture: true, signal };
    const paused = (/** @type {Event} */ event) => {
      const film = this.#film();
      if (!film || event.target !== film || !film.paused || !this.#data) return;
      const { fps, first_frame } = this.#data.film;
      const step = Math.floor(film.currentTime * fps + 1e-3) - first_frame;
      const here = step >= 0 && step < this.steps && !film.ended;
      this.#hold(here);
      if (!here) return;
      this.#playing = null;
      this.step = step;
    };
    document.addEventListener('pause', paused, options);
    document.addEventListener('seeked', paused, options);
    document.addEventListener('play', event => {
      const film = this.#film();
      if (!film || event.target !== film) return;
      if (this.#held) this.#giveBack(film);
      this.pause();
      this.#hold(false);
    }, options);
  }

  /** @param {boolean} held */
  #hold(held) {
    this.#held = held;
    this.toggleAttribute('data-held', held);
  }

  /** The film at the moment that is shown here. @param {HTMLVideoElement} film */
  #giveBack(film) {
    const { fps, first_frame } = this.#data?.film || { fps: 1, first_frame: 0 };
    if (Math.floor(film.currentTime * fps + 1e-3) !== first_frame + this.#step) film.currentTime = this.filmTime;
  }

  // -- what is there ---------------------------------------------------------------------------

  /** @param {ShadowRoot} root @param {Data} data */
  #build(root, data) {
    const parts = this.#parts;
    const clock = summed(data.clock.values);
    this.#speeds = summed(data.clock.speed.values);
    this.#values = data.runs.map(run => Object.fromEntries(Object.entries(run.counters).map(([name, one]) => [name, summed(one.values)])));
    const places = data.runs.map(run => summed(run.places));
    parts.now = made('div', 'now', '');
    parts.now.style.minWidth = `${timed(clock[clock.length - 1], data.clock.digits).length * 0.96}ch`;
    parts.factor = made('div', 'factor mono', '');
    const factors = [...new Set(this.#speeds)].flatMap(speed => [...RATES.values()].map(rate => times(speed, rate).length));
    parts.factor.style.minWidth = `calc(${Math.max(...factors)}ch + 1.8em + 4px)`;
    parts.kind = made('div', 'muted', data.time);
    const words = made('div', 'words', made('b', '', data.title), made('span', 'muted', data.subtitle));
    const header = made('header', '', parts.now, made('div', 'speed', parts.factor, parts.kind), words);
    const canvas = /** @type {HTMLCanvasElement} */ (made('canvas', ''));
    canvas.setAttribute('aria-hidden', 'true');
    parts.over = made('div', 'over');
    parts.tip = made('div', 'tip', '');
    parts.tip.setAttribute('role', 'status');
    parts.stage = made('div', 'stage', canvas, parts.over, parts.tip);
    parts.stage.style.setProperty('--count', String(data.runs.length));
    parts.cards = made('div', 'cards');
    parts.cards.hidden = !data.cards;
    this.#cards = data.cards && new Cards(data, parts.cards);
    const chip = data.provenance ? [made('span', 'chip', data.provenance), ' '] : [];
    parts.notes = made('p', 'notes', ...chip, made('span', '', data.notes.join(' · ')));
    parts.play = button('Play', () => (this.#playing ? this.pause() : this.play()));
    parts.play.classList.add('play');
    const range = Object.assign(document.createElement('input'), { type: 'range', min: '0', max: String(clock.length - 1), step: '1', value: '0' });
    range.setAttribute('aria-label', 'Moment of the race');
    range.addEventListener('input', () => {
      this.#playing = null;
      this.step = Number(range.value);
    });
    parts.range = range;
    parts.rates = group('Speed', [...RATES].map(([words, rate]) => button(words, () => this.#speed(rate), `${words} times as fast as the film`)));
    const known = Object.keys(VIEWS).filter(name => (name === 'lanes' ? data.lanes : name === 'latency' ? data.latency : true));
    parts.views = group('View', known.map(name => button(name, () => {
      this.#name = /** @type {keyof typeof VIEWS} */ (name);
      this.#lay();
    })));
    parts.views.hidden = known.length < 2;
    parts.runs = group('Runs', data.runs.map((run, index) => button(run.label, () => this.#toggle(index))));
    parts.film = button('Back to the film', () => {
      const film = this.#film();
      if (!film) return;
      this.#hold(true);
      film.focus();
      film.play().catch(() => {});
    });
    const row = made('div', 'row', parts.play, range, parts.film);
    const section = made('section', 'race', header, parts.stage, parts.cards, parts.notes, row, made('div', 'row', parts.rates, parts.views, parts.runs), this.#sources(data));
    const table = made('details', '', made('summary', '', 'As a table'), document.createElement('slot'));
    section.append(table);
    section.setAttribute('aria-label', `${data.title}: ${data.runs.map(run => run.label).join(', ')}. ${HELP}`);
    section.tabIndex = -1;
    section.style.setProperty('--n', String(data.runs.length));
    section.style.setProperty('--cards', String(data.cards ? 1 : 0));
    root.replaceChildren(section);
    parts.section = section;
    const pen = /** @type {CanvasRenderingContext2D} */ (canvas.getContext('2d'));
    this.#host = {
      data, pen, over: parts.over, width: 0, height: 0, dark: true, tokens: data.themes.dark, places, clock,
      shown: data.runs.map((_, index) => index),
      lead: step => this.#values[data.gap?.run ?? 0].count[step] - this.#values[data.gap?.over ?? 0].count[step],
      text: (run, name, step) => this.#text(run, name, step),
      tile: index => this.#tile(index),
    };
    this.#point(parts.stage);
    section.addEventListener('keydown', event => this.#key(event));
    this.#step = calm.matches ? clock.length - 1 : 0;
  }

  /** Where every run comes from, with its settings and caveats. @param {Data} data */
  #sources(data) {
    const runs = data.runs.map(run => {
      const facts = Object.entries(run.facts).map(([name, value]) => made('div', '', made('dt', '', name.replaceAll('_', ' ')), made('dd', '', value)));
      const digest = run.source.sha256 ? [made('p', 'mono digest', `SHA-256 ${run.source.sha256}`)] : [];
      const caveats = made('p', '', [run.kind, ...run.caveats].join('; '));
      return made('div', 'source', made('h3', '', run.label), linked(run.source.text || 'no source named', run.source.url), caveats, made('dl', '', ...facts), ...digest);
    });
    const cited = data.sources.map(one => made('p', '', linked(one.text, one.url), ` (${one.kind})`));
    return made('details', 'sources', made('summary', '', 'Sources and settings'), ...cited, ...runs);
  }

  /** @param {AbortSignal} signal */
  #start(signal) {
    const { stage } = this.#parts;
    const look = () => {
      const dark = this.getAttribute('theme') ? this.getAttribute('theme') === 'dark' : onDark(this);
      if (this.#host && (dark !== this.#host.dark || !this.#view)) {
        this.#host.dark = dark;
        this.#lay();
      }
    };
    const watching = new ResizeObserver(() => this.#lay());
    watching.observe(stage);
    const switched = new MutationObserver(() => setTimeout(look, 60));
    for (const one of [document.documentElement, document.body]) switched.observe(one, { attributes: true });
    signal.addEventListener('abort', () => {
      watching.disconnect();
      switched.disconnect();
    });
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', look, { signal });
    look();
    this.toggleAttribute('data-ready', true);
    document.fonts.ready.then(() => this.#lay());
  }

  /** The view anew: another width, theme, choice of runs or view. */
  #lay() {
    const host = this.#host;
    const { stage, over, section, views, runs, tip } = this.#parts;
    if (!host || !stage.clientWidth) return;
    host.width = stage.clientWidth;
    host.height = stage.clientHeight;
    host.tokens = host.data.themes[host.dark ? 'dark' : 'light'];
    const { tokens } = host;
    for (const name of /** @type {const} */ (['text', 'muted', 'accent', 'background', 'panel', 'line', 'warn'])) section.style.setProperty(`--${name}`, tokens[name]);
    tokens.ground.forEach((color, at) => section.style.setProperty(`--ground-${at}`, color));
    section.classList.toggle('dark', host.dark);
    const scale = Math.max(1, devicePixelRatio);
    const { canvas } = host.pen;
    canvas.width = Math.round(host.width * scale);
    canvas.height = Math.round(host.height * scale);
    host.pen.setTransform(scale, 0, 0, scale, 0, 0);
    over.replaceChildren();
    over.className = `over ${this.#name}`;
    tip.classList.remove('shown');
    stage.tabIndex = this.#name === 'lanes' ? 0 : -1;
    this.#view = new VIEWS[this.#name](host);
    for (const one of views.querySelectorAll('button')) one.setAttribute('aria-pressed', String(one.textContent === this.#name));
    [...runs.querySelectorAll('button')].forEach((one, index) => {
      one.setAttribute('aria-pressed', String(host.shown.includes(index)));
      one.style.setProperty('--run', tokens.runs[index].fill);
    });
    this.#show();
  }

  #show() {
    const host = this.#host;
    if (!host) return;
    const { now, factor, kind, play, range, rates, film } = this.#parts;
    const { data } = host;
    now.textContent = timed(host.clock[this.#step], data.clock.digits);
    const speed = (this.#speeds[this.#step] / 100) * this.#rate;
    factor.textContent = times(this.#speeds[this.#step], this.#rate);
    kind.textContent = speed === 1 ? data.time : `${data.time}, ${speed > 1 ? 'sped up' : 'slowed down'}`;
    play.textContent = this.#playing ? 'Pause' : this.#step >= this.steps - 1 ? 'Again' : 'Play';
    const input = /** @type {HTMLInputElement} */ (range);
    if (input.value !== String(this.#step)) input.value = String(this.#step);
    input.setAttribute('aria-valuetext', `${now.textContent} of ${timed(host.clock[this.steps - 1], data.clock.digits)}`);
    input.style.setProperty('--done', `${(100 * this.#step) / Math.max(1, this.steps - 1)}%`);
    for (const one of rates.querySelectorAll('button')) one.setAttribute('aria-pressed', String(RATES.get(one.textContent || '') === this.#rate));
    film.hidden = !this.#film();
    this.#view?.show(this.#step);
    this.#cards?.show(this.#step, host);
  }

  /** @param {number} run @param {string} name @param {number} step */
  #text(run, name, step) {
    const column = this.#data?.runs[run].counters[name];
    return column ? written(column, this.#values[run][name][step]) : '';
  }

  /** A tile of the lanes; null while it is on its way. @param {number} index @returns {Tile | null} */
  #tile(index) {
    const tile = this.#data?.lanes?.tiles[index];
    if (!tile) return null;
    if (!this.#tiles.has(index)) {
      this.#tiles.set(index, null);
      const address = new URL(tile.file, new URL(this.getAttribute('src') || '', document.baseURI));
      fetch(address).then(answer => answer.json()).then(found => {
        for (const bars of found.runs) for (const name of bars ? ['start', 'end', 'arrival', 'first'] : []) bars[name] = summed(bars[name]);
        this.#tiles.set(index, found);
        this.#show();
      }, () => this.#tiles.delete(index));
    }
    return this.#tiles.get(index) || null;
  }

  /** A run joins the race or leaves it; one stays at the least. @param {number} index */
  #toggle(index) {
    const host = this.#host;
    if (!host) return;
    const shown = host.shown.includes(index) ? host.shown.filter(one => one !== index) : [...host.shown, index].sort((a, b) => a - b);
    if (!shown.length) return;
    host.shown = shown;
    this.#lay();
  }

  // -- pointing and keys -----------------------------------------------------------------------

  /** @param {HTMLElement} stage */
  #point(stage) {
    const point = (/** @type {PointerEvent} */ event) => {
      const box = stage.getBoundingClientRect();
      const [x, y] = [event.clientX - box.left, event.clientY - box.top];
      this.#tip(this.#view?.at(x, y) || null, x, y);
    };
    stage.addEventListener('pointermove', point);
    stage.addEventListener('pointerdown', point);
    stage.addEventListener('pointerleave', () => this.#tip(null, 0, 0));
  }

  /** @param {string | null} words @param {number} x @param {number} y */
  #tip(words, x, y) {
    const { tip, stage } = this.#parts;
    tip.classList.toggle('shown', Boolean(words));
    if (!words) return;
    tip.textContent = words;
    const left = Math.max(4, Math.min(x + 14, stage.clientWidth - tip.offsetWidth - 4));
    const above = y - tip.offsetHeight - 10;
    tip.style.transform = `translate(${Math.round(left)}px, ${Math.round(above > 0 ? above : y + 18)}px)`;
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || !this.#data) return;
    const target = /** @type {HTMLElement} */ (event.composedPath()[0]);
    const far = event.shiftKey ? 1 : this.#data.film.fps;
    const by = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0;
    if (by && target === this.#parts.stage && this.#view?.next) {
      this.#tip(this.#view.next(by), this.#parts.stage.clientWidth / 2, 40);
    } else if (by) {
      this.#playing = null;
      this.step = this.#step + by * far;
    } else if (event.key === 'Home' || event.key === 'End') {
      this.#playing = null;
      this.step = event.key === 'Home' ? 0 : this.steps - 1;
    } else if (event.key === ' ' && !target.matches('button, summary, a')) {
      if (this.#playing) this.pause();
      else this.play();
    } else return;
    event.preventDefault();
  }
}

/** Links to races become races, where a page could hold no more than a link. @param {ParentNode} root */
export async function opened(root) {
  for (const link of root.querySelectorAll('a[href*="/races/"]')) {
    const { href } = /** @type {HTMLAnchorElement} */ (link);
    const paragraph = link.closest('p');
    if (!href.startsWith(HOME.href) || !/\/races\/[^/]+\/index\.html$/.test(href) || !paragraph || paragraph.textContent?.trim() !== link.textContent?.trim()) continue;
    const html = await fetch(new URL('race.html', href)).then(answer => (answer.ok ? answer.text() : ''), () => '');
    const race = new DOMParser().parseFromString(html, 'text/html').querySelector('explainer-race');
    if (!race) continue;
    race.setAttribute('src', new URL('race.json', href).href);
    paragraph.replaceWith(document.importNode(race, true));
  }
}

if (!customElements.get('explainer-race')) {
  customElements.define('explainer-race', ExplainerRace);
}
