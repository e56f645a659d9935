// <explainer-video>: a real <video controls> made better. On pages that know nothing of it, a linked
// poster (<a><img src=".../poster.jpg"></a>) under this file's folder becomes a player when clicked.
// No request to anybody else, no inline script, no style but player.css.

const HOME = new URL('.', import.meta.url);
const calm = matchMedia('(prefers-reduced-motion: reduce)');

/** Seconds of `42`, `1:02`, `1m2s` or `1h`; null where it is no time. @param {string | null} text */
export function seconds(text) {
  if (!text) return null;
  const clock = /^(?:(\d+):)?(\d+):(\d+(?:\.\d+)?)$/.exec(text);
  if (clock) return Number(clock[1] || 0) * 3600 + Number(clock[2]) * 60 + Number(clock[3]);
  const units = /^(?:(\d+)h)?(?:(\d+)m)?(?:(\d+(?:\.\d+)?)s?)?$/.exec(text);
  if (!units) return null;
  return Number(units[1] || 0) * 3600 + Number(units[2] || 0) * 60 + Number(units[3] || 0);
}

/** Whether the visitor asked for few bytes. */
export function saving() {
  const link = /** @type {{saveData?: boolean, effectiveType?: string} | undefined} */ (
    /** @type {any} */ (navigator).connection
  );
  return Boolean(link && (link.saveData || /2g/.test(link.effectiveType || '')));
}

/** `dark` or `light`: what lies behind an element. @param {Element} element */
export function tone(element) {
  for (let node = /** @type {Element | null} */ (element); node; node = node.parentElement) {
    const [r, g, b, a = 1] = (getComputedStyle(node).backgroundColor.match(/[\d.]+/g) || []).map(Number);
    if (b !== undefined && a > 0.5) return 0.2126 * r + 0.7152 * g + 0.0722 * b < 128 ? 'dark' : 'light';
  }
  return matchMedia('(prefers-color-scheme: dark)').matches && /dark/.test(
    getComputedStyle(document.documentElement).colorScheme
  ) ? 'dark' : 'light';
}

/** The moment the page's address asks for, if it means this player. @param {Element} player */
function asked(player) {
  const hash = location.hash;
  const named = /^#xv-/.test(hash) && document.getElementById(hash.slice(1));
  const first = named ? named.querySelector('explainer-video') : document.querySelector('explainer-video');
  if (first !== player) return null;
  return seconds(new URLSearchParams(location.search).get('t') || (/[#&]t=([^&]+)/.exec(hash) || [])[1] || null);
}

/** The place a line points at. @param {Element} line */
const at = line => Number(/** @type {HTMLElement} */ (line).dataset.t);

class ExplainerVideo extends HTMLElement {
  /** @type {AbortController | null} */
  #listening = null;
  /** @type {ResizeObserver | null} */
  #watching = null;
  /** The shape that stands where the room asks for none. @type {string | undefined} */
  #first;

  connectedCallback() {
    // The children of an element that is still being parsed are not there yet.
    if (this.#listening) return;
    if (!this.querySelector('video')) {
      requestAnimationFrame(() => this.isConnected && this.querySelector('video') && this.connectedCallback());
      return;
    }
    this.#listening = new AbortController();
    this.#suit();
    this.#chapters();
    this.#listen(this.#listening.signal);
    // A phone that is turned round: until somebody has played, another shape may take the place.
    const watching = new ResizeObserver(() => {
      if (this.video?.played.length || !this.video?.paused || !this.#suit()) return;
      this.#listening?.abort();
      this.#listening = new AbortController();
      this.#listen(this.#listening.signal);
    });
    if (this.querySelector(':scope > template')) watching.observe(this);
    this.#watching = watching;
    const moment = asked(this);
    if (moment !== null) this.#seek(moment, false);
  }

  disconnectedCallback() {
    this.#listening?.abort();
    this.#listening = null;
    this.#watching?.disconnect();
    this.video?.pause();
  }

  get video() {
    return this.querySelector('video');
  }

  /** Everything that belongs to the player, chapters and transcript included. @returns {HTMLElement} */
  get frame() {
    return this.closest('figure') || this;
  }

  /** The variant that fits the room and what is behind the player; the smallest file for who saves data.
   * Says whether another took the place. */
  #suit() {
    const { video, dataset } = this;
    if (!video) return false;
    this.#first ??= dataset.shape;
    // player.css says which shape the room asks for, and keeps its place before this runs.
    const shape = getComputedStyle(video).getPropertyValue('--xv-shape').trim() || this.#first;
    const wanted = tone(this.parentElement || this);
    /** @param {HTMLElement} one */
    const fit = one => Number(one.dataset.shape === shape) * 2 + Number(one.dataset.tone === wanted);
    const all = [...this.querySelectorAll(':scope > template')];
    const best = all.map(one => /** @type {HTMLTemplateElement} */ (one)).sort((a, b) => fit(b) - fit(a))[0];
    const swapped = Boolean(best && fit(best) > fit(this));
    if (best && swapped) {
      // What stood here becomes a template: it is wanted again when the room changes.
      const kept = document.createElement('template');
      kept.content.append(document.importNode(video, true));
      Object.assign(kept.dataset, { tone: dataset.tone, shape: dataset.shape });
      video.replaceWith(document.importNode(best.content, true));
      Object.assign(dataset, { tone: best.dataset.tone, shape: best.dataset.shape });
      best.replaceWith(kept);
    }
    const small = saving() && this.querySelector('video > source[data-saver]');
    if (small) small.parentElement?.prepend(small);
    return swapped;
  }

  /** Chapters are links without a script; here they seek, so they are buttons. */
  #chapters() {
    for (const link of this.frame.querySelectorAll('.xv-chapters a[data-t]')) {
      const button = document.createElement('button');
      button.type = 'button';
      button.dataset.t = /** @type {HTMLElement} */ (link).dataset.t;
      button.append(...link.childNodes);
      link.replaceWith(button);
    }
  }

  /** @param {AbortSignal} signal */
  #listen(signal) {
    const { video, frame } = this;
    if (!video) return;
    frame.addEventListener('click', event => {
      const target = event.target instanceof Element ? event.target.closest('[data-t]') : null;
      if (!target || event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      this.#seek(at(target), true);
    }, { signal });
    frame.addEventListener('keydown', event => this.#key(event), { signal });
    video.addEventListener('play', () => {
      for (const one of document.querySelectorAll('explainer-video video')) {
        if (one !== video) /** @type {HTMLVideoElement} */ (one).pause();
      }
    }, { signal });
    for (const kind of ['timeupdate', 'seeked']) video.addEventListener(kind, () => this.#mark(), { signal });
  }

  /** @param {number} moment @param {boolean} play */
  #seek(moment, play) {
    const video = this.video;
    if (!video) return;
    // Before anything is loaded this only sets where playing will start.
    video.currentTime = Math.max(0, moment);
    this.#mark(moment);
    if (!play) return;
    video.play().catch(() => {});
    const box = video.getBoundingClientRect();
    if (box.bottom < 0 || box.top > innerHeight) {
      video.scrollIntoView({ block: 'nearest', behavior: calm.matches ? 'auto' : 'smooth' });
    }
  }

  /** `[` and `]` go to the chapter before and after, wherever the focus is in the figure. @param {KeyboardEvent} event */
  #key(event) {
    if ((event.key !== '[' && event.key !== ']') || event.ctrlKey || event.metaKey || event.altKey) return;
    const starts = [...this.frame.querySelectorAll('.xv-chapters [data-t]')].map(at);
    const now = this.video?.currentTime || 0;
    const next = event.key === ']' ? starts.find(t => t > now + 0.1) : starts.filter(t => t < now - 1).pop();
    if (next !== undefined) this.#seek(next, !this.video?.paused);
  }

  /** The line that is being said and the chapter it is in. @param {number} [moment] */
  #mark(moment) {
    const now = (moment ?? this.video?.currentTime ?? 0) + 0.05;
    for (const list of this.frame.querySelectorAll('.xv-chapters ol, .xv-transcript ol')) {
      const lines = [...list.querySelectorAll('[data-t]')];
      const current = lines.filter(line => at(line) <= now).pop();
      if (current && !current.hasAttribute('aria-current') && list.scrollHeight > list.clientHeight) {
        // The list moves, never the page.
        list.scrollTop += current.getBoundingClientRect().top - list.getBoundingClientRect().top - list.clientHeight / 3;
      }
      for (const line of lines) {
        if (line === current) line.setAttribute('aria-current', 'true');
        else line.removeAttribute('aria-current');
      }
    }
  }
}

/** Short muted loops play while they are seen, unless motion or bytes are not wanted. @param {ParentNode} root */
function loops(root) {
  for (const loop of root.querySelectorAll('video[data-loop]:not([data-ready])')) {
    const video = /** @type {HTMLVideoElement} */ (loop);
    video.dataset.ready = '';
    const button = document.createElement('button');
    button.type = 'button';
    button.className = 'xv-loop';
    const show = () => {
      button.textContent = video.paused ? 'Play preview' : 'Pause preview';
      button.setAttribute('aria-label', `${button.textContent}: ${video.dataset.loop}`);
    };
    let wanted = !calm.matches && !saving();
    button.addEventListener('click', () => {
      wanted = video.paused;
      wanted ? video.play().catch(() => {}) : video.pause();
    });
    for (const kind of ['play', 'pause']) video.addEventListener(kind, show);
    show();
    video.after(button);
    new IntersectionObserver(([entry]) => {
      entry.isIntersecting && wanted ? video.play().catch(() => {}) : video.pause();
    }, { threshold: 0.5 }).observe(video);
  }
}

/** Posters get a play mark, and a link where a theme took theirs. The page's layout stays. @param {ParentNode} root */
function posters(root) {
  for (const image of root.querySelectorAll('img[src*="/poster."]:not([data-xv])')) {
    const picture = /** @type {HTMLImageElement} */ (image);
    const folder = new URL('.', picture.src);
    if (!folder.href.startsWith(HOME.href) || folder.href === HOME.href || picture.closest('figure.xv')) continue;
    picture.dataset.xv = folder.href;
    let link = picture.closest('a');
    if (!link) {
      link = document.createElement('a');
      link.href = new URL('index.html', folder).href;
      picture.replaceWith(link);
      link.append(picture);
    }
    link.classList.add('xv-poster');
    if (seconds(new URLSearchParams(location.search).get('t')) !== null && !document.querySelector('explainer-video')) {
      open(link, false);
    }
  }
  // A theme that lifts the first picture out of a page leaves its link behind, empty.
  for (const link of root.querySelectorAll('a[href]')) {
    const { href } = /** @type {HTMLAnchorElement} */ (link);
    if (href.startsWith(HOME.href) && !link.childElementCount && !link.textContent?.trim()) link.remove();
  }
}

/** The player in the poster's place; the watch page where it can't be had. @param {Element} link @param {boolean} play */
async function open(link, play) {
  const folder = /** @type {HTMLElement | null} */ (link.querySelector('[data-xv]'))?.dataset.xv || '';
  const html = await fetch(new URL('player.html', folder)).then(answer => (answer.ok ? answer.text() : ''), () => '');
  const made = new DOMParser().parseFromString(html, 'text/html').querySelector('figure.xv');
  if (!made) {
    if (play) location.href = /** @type {HTMLAnchorElement} */ (link).href;
    return;
  }
  // A figure can't be in a paragraph; where the poster is all there is, it takes the paragraph's place.
  const paragraph = link.closest('p');
  const place = paragraph && paragraph.childElementCount === 1 && !paragraph.textContent?.trim() ? paragraph : link;
  const shown = document.importNode(made, true);
  place.replaceWith(shown);
  const video = shown.querySelector('video');
  if (!play || !video) return;
  video.focus();
  video.play().catch(() => {});
}

/** @param {MouseEvent} event */
function clicked(event) {
  const link = event.target instanceof Element && event.target.closest('a.xv-poster');
  if (!link || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
  event.preventDefault();
  open(link, true);
}

function start() {
  const sheet = new URL('player.css', HOME).href;
  const styled = [...document.querySelectorAll('link[rel="stylesheet"], style[data-xv]')];
  if (!styled.some(one => one.tagName === 'STYLE' || /** @type {HTMLLinkElement} */ (one).href.startsWith(sheet))) {
    document.head.append(Object.assign(document.createElement('link'), { rel: 'stylesheet', href: sheet }));
  }
  if (!customElements.get('explainer-video')) customElements.define('explainer-video', ExplainerVideo);
  const look = () => {
    posters(document);
    loops(document);
  };
  look();
  document.addEventListener('click', clicked);
  // Pages that change without loading (a router, view transitions) bring new posters.
  new MutationObserver(look).observe(document.body, { childList: true, subtree: true });
}

start();
