// <explainer-video>: a real <video controls> made better. Elsewhere a linked poster under this file's folder
// becomes a player when clicked. No request to anybody else.

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

/** `dark` or `light`: what lies behind an element, its translucent layers one over the other. A canvas reads
 * every colour that the browser can draw. @param {Element} element */
export function tone(element) {
  const layers = [];
  for (let node = /** @type {Element | null} */ (element); node; node = node.parentElement) {
    layers.unshift(getComputedStyle(node).backgroundColor);
  }
  const scheme = getComputedStyle(document.documentElement).colorScheme;
  const dark = /dark/.test(scheme) && (!/light/.test(scheme) || matchMedia('(prefers-color-scheme: dark)').matches);
  const canvas = Object.assign(document.createElement('canvas'), { width: 1, height: 1 });
  const pen = canvas.getContext('2d', { willReadFrequently: true });
  if (!pen) return dark ? 'dark' : 'light';
  for (const color of [dark ? '#121212' : '#fff', ...layers]) {
    pen.fillStyle = color;
    pen.fillRect(0, 0, 1, 1);
  }
  const [r, g, b] = pen.getImageData(0, 0, 1, 1).data;
  return 0.2126 * r + 0.7152 * g + 0.0722 * b < 128 ? 'dark' : 'light';
}

/** What the page's address asks for: a moment, and the video it is of, if it says which. */
function asked() {
  const { hash, search } = location;
  const query = new URLSearchParams(search);
  const moment = seconds((/[#&]t=([^&]+)/.exec(hash) || [])[1] || query.get('t'));
  return { moment, video: query.get('v') || (/^#xv-([^&]+)/.exec(hash) || [])[1] || null };
}

/** The moment that the address asks of this player; null where it means another, or none it has.
 * @param {HTMLElement} player */
function askedOf(player) {
  const { moment, video } = asked();
  const meant = video ? player.dataset.video === video : document.querySelector('explainer-video') === player;
  return meant && moment !== null && moment < Number(player.dataset.duration || Infinity) ? moment : null;
}

/** The place a line points at. @param {Element} line */
const at = line => Number(/** @type {HTMLElement} */ (line).dataset.t);

class ExplainerVideo extends HTMLElement {
  /** @type {AbortController | null} */
  #listening = null;
  /** @type {ResizeObserver | null} */
  #watching = null;
  /** The sources of a player that has left the page. @type {ChildNode[]} */
  #kept = [];
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
    this.video?.append(...this.#kept.splice(0));
    this.#suit();
    this.#chapters();
    this.#listen(this.#listening.signal);
    // A phone that is turned round.
    const watching = new ResizeObserver(() => {
      this.look();
    });
    if (this.querySelector(':scope > template')) watching.observe(this);
    this.#watching = watching;
    this.goWhereAsked();
  }

  /** To the moment that the page's address asks for, and into view. */
  goWhereAsked() {
    const moment = askedOf(this);
    if (moment === null) return;
    this.seek(moment, false);
    this.#show();
  }

  /** Another theme of the page: the variant that fits it, unless somebody has begun to watch. */
  look() {
    if (this.video?.paused && !this.video.played.length && this.#suit()) this.#listenAnew();
  }

  disconnectedCallback() {
    this.#listening?.abort();
    this.#listening = null;
    this.#watching?.disconnect();
    const { video } = this;
    video?.pause();
    // What was loaded is let go, unless the page only moves the player.
    setTimeout(() => {
      if (this.isConnected || !video) return;
      this.#kept = [...video.childNodes];
      video.replaceChildren();
      video.load();
    });
  }

  #listenAnew() {
    this.#listening?.abort();
    this.#listening = new AbortController();
    this.#listen(this.#listening.signal);
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
    const others = [...this.querySelectorAll(':scope > template')];
    const best = others.map(one => /** @type {HTMLTemplateElement} */ (one)).sort((a, b) => fit(b) - fit(a))[0];
    const swapped = Boolean(best && fit(best) > fit(this));
    if (best && swapped) {
      // What stood here is wanted again when the room changes.
      const kept = document.createElement('template');
      kept.content.append(document.importNode(video, true));
      Object.assign(kept.dataset, { tone: dataset.tone, shape: dataset.shape });
      video.replaceWith(document.importNode(best.content, true));
      Object.assign(dataset, { tone: best.dataset.tone, shape: best.dataset.shape });
      best.replaceWith(kept);
    }
    // The only poster of a player with variants that is asked for.
    const shown = this.video;
    if (shown?.dataset.poster && !shown.poster) shown.poster = shown.dataset.poster;
    const small = saving() && this.querySelector('video > source[data-saver]');
    if (!small) return swapped;
    small.removeAttribute('media');
    small.parentElement?.prepend(small);
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
    const { watch } = this.frame.dataset;
    for (const line of watch ? this.frame.querySelectorAll('.xv-transcript [data-t]') : []) {
      /** @type {HTMLAnchorElement} */ (line.firstElementChild).href = `${watch}?t=${at(line)}`;
    }
  }

  /** Captions in the strip under the picture; the browser's menu says whether there are any.
   * @param {HTMLVideoElement} video @param {AbortSignal} signal */
  #captions(video, signal) {
    const strip = this.querySelector('.xv-captions');
    this.toggleAttribute('data-strip', Boolean(strip?.checkVisibility?.()));
    if (!strip) return;
    const tracks = [...video.textTracks].filter(one => one.kind === 'captions');
    const write = () => {
      const cues = tracks.filter(one => one.mode === 'showing').flatMap(one => [...(one.activeCues || [])]);
      const words = cues.map(cue => /** @type {VTTCue} */ (cue).getCueAsHTML().textContent || '').join('\n');
      if (strip.textContent !== words) strip.textContent = words;
    };
    for (const track of tracks) track.addEventListener('cuechange', write, { signal });
    video.textTracks.addEventListener('change', write, { signal });
    // WebKit leaves the default out; these captions are the film's only voice.
    video.addEventListener('play', () => {
      for (const one of video.querySelectorAll('track')) if (one.default) one.track.mode = 'showing';
    }, { once: true, signal });
    write();
  }

  /** Says so where no file of the video can be had. @param {HTMLVideoElement} video */
  #failed(video) {
    if (video.networkState !== HTMLMediaElement.NETWORK_NO_SOURCE || this.querySelector('.xv-error')) return;
    const note = document.createElement('p');
    note.className = 'xv-error';
    note.setAttribute('role', 'alert');
    note.textContent = 'This video could not be loaded.';
    video.after(note);
  }

  /** @param {AbortSignal} signal */
  #listen(signal) {
    const { video, frame } = this;
    if (!video) return;
    frame.addEventListener('click', event => {
      const hit = /** @type {Element} */ (event.target);
      const target = hit.closest('[data-t]');
      if (!target || event.ctrlKey || event.metaKey || event.shiftKey || hit.closest('.xv-number')) return;
      if (!hit.closest('a, button') && !getSelection()?.isCollapsed) return;
      event.preventDefault();
      this.seek(at(target), true);
    }, { signal });
    frame.addEventListener('keydown', event => this.#key(event), { signal });
    video.addEventListener('play', () => {
      for (const one of document.querySelectorAll('explainer-video video')) {
        if (one !== video) /** @type {HTMLVideoElement} */ (one).pause();
      }
    }, { signal });
    for (const kind of ['timeupdate', 'seeked']) video.addEventListener(kind, () => this.#mark(), { signal });
    // Errors of sources don't bubble, and come before the browser has given up.
    video.addEventListener('error', () => setTimeout(() => this.#failed(video), 100), { capture: true, signal });
    video.addEventListener('playing', () => this.querySelector('.xv-error')?.remove(), { signal });
    this.#captions(video, signal);
    if (!this.querySelector('.xv-sound')) return;
    import(new URL('voice.js', HOME).href).then(({ voiced }) => signal.aborted || voiced(this, signal));
  }

  /** @param {number} moment @param {boolean} play */
  seek(moment, play) {
    const video = this.video;
    if (!video) return;
    const go = () => (video.currentTime = Math.max(0, moment));
    // WebKit stands still where it is to start elsewhere than at 0.
    if (play && !video.readyState) {
      video.currentTime = 0;
      video.addEventListener('loadedmetadata', go, { once: true });
    } else go();
    this.#mark(moment);
    if (!play) return;
    video.play().catch(() => {});
    this.#show();
  }

  #show() {
    const box = this.video?.getBoundingClientRect();
    if (!box || (box.bottom > 0 && box.top < innerHeight)) return;
    this.video?.scrollIntoView({ block: 'nearest', behavior: calm.matches ? 'auto' : 'smooth' });
  }

  /** `[` and `]` go to the chapter before and after, wherever the focus is in the figure. @param {KeyboardEvent} event */
  #key(event) {
    if ((event.key !== '[' && event.key !== ']') || event.metaKey) return;
    // Many keyboards have brackets on AltGr, which some systems tell as Ctrl and Alt.
    if ((event.ctrlKey || event.altKey) && !event.getModifierState('AltGraph')) return;
    const starts = [...this.frame.querySelectorAll('.xv-chapters [data-t]')].map(at);
    const now = this.video?.currentTime || 0;
    const next = event.key === ']' ? starts.find(t => t > now + 0.1) : starts.filter(t => t < now - 1).pop();
    if (next !== undefined) this.seek(next, !this.video?.paused);
  }

  /** The line that is being said and the chapter it is in. @param {number} [moment] */
  #mark(moment) {
    const now = (moment ?? this.video?.currentTime ?? 0) + 0.05;
    for (const list of this.frame.querySelectorAll('.xv-chapters ol, .xv-transcript ol')) {
      const lines = [...list.querySelectorAll('[data-t]')];
      const current = lines.filter(line => at(line) <= now).pop();
      if (current && !current.hasAttribute('aria-current') && list.scrollHeight > list.clientHeight) {
        list.scrollTop += current.getBoundingClientRect().top - list.getBoundingClientRect().top - list.clientHeight / 3;
      }
      if (current && !current.hasAttribute('aria-current') && list.scrollWidth > list.clientWidth) {
        list.scrollLeft += current.getBoundingClientRect().left - list.getBoundingClientRect().left - 16;
      }
      for (const line of lines) {
        if (line === current) line.setAttribute('aria-current', 'true');
        else line.removeAttribute('aria-current');
      }
    }
  }
}

/** The elements in `root`, and itself, that a selector means. @param {ParentNode} root @param {string} selector */
const all = (root, selector) => [
  ...(root instanceof Element && root.matches(selector) ? [root] : []),
  ...root.querySelectorAll(selector),
];

/** Short muted loops play while they are seen, unless motion or bytes are not wanted. @param {ParentNode} root */
function loops(root) {
  for (const loop of all(root, 'video[data-loop]:not([data-ready])')) {
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

/** Posters become what opens a player, with a link where a theme took theirs. The page's layout stays.
 * @param {ParentNode} root */
function posters(root) {
  for (const image of all(root, 'img:is([src*="/poster."], [src*="/poster-play."]):not([data-xv])')) {
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
    link.classList.toggle('xv-unmarked', /\/poster\./.test(picture.src));
    const name = folder.pathname.split('/').at(-2) || '';
    if (!picture.alt && !link.textContent?.trim()) link.setAttribute('aria-label', `Video: ${name}`);
    const { moment, video } = asked();
    const first = !document.querySelector('explainer-video') && image === document.querySelector('img[data-xv]');
    if (moment !== null && (video ? video === name : first)) open(link, false);
  }
  // A theme that lifts the first picture out of a page leaves its link behind, empty.
  for (const link of all(root, 'a[href]')) {
    const { href } = /** @type {HTMLAnchorElement} */ (link);
    if (!link.firstElementChild && href.startsWith(HOME.href) && !link.textContent?.trim()) {
      /** @type {HTMLElement} */ (link).hidden = true;
    }
  }
}

/** Brings the race where a page has one, or a link that becomes one; that of a film when somebody plays a film.
 * @param {ParentNode} root @param {string} [wanted] */
function races(root, wanted = 'explainer-race:not([data-on-pause]), a[href*="/races/"]') {
  if (root.querySelector(wanted) || (root instanceof Element && root.matches(wanted))) import(new URL('race.js', HOME).href).then(({ opened }) => opened(root));
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
  made.querySelector('noscript')?.remove();
  const shown = document.importNode(made, true);
  // The picture that is there already stays until the first frame; no other is asked for.
  const image = /** @type {HTMLImageElement | null} */ (link.querySelector('[data-xv]'));
  const players = [shown, ...[...shown.querySelectorAll('template')].map(one => one.content)];
  for (const one of image?.naturalWidth ? players : []) {
    /** @type {HTMLVideoElement} */ (one.querySelector('video')).poster = image?.currentSrc || '';
  }
  place.replaceWith(shown);
  // Another variant may have come in its place.
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

/** Looks again at what is behind the players, when a switch of the page's theme has had its effect. */
function themed() {
  for (const wait of [50, 500]) {
    setTimeout(() => {
      for (const one of document.querySelectorAll('explainer-video')) /** @type {ExplainerVideo} */ (one).look();
    }, wait);
  }
}

/** Transcripts are printed whole. @param {boolean} now */
function printed(now) {
  for (const one of document.querySelectorAll(now ? '.xv-transcript:not([open])' : '.xv-transcript[data-closed]')) {
    one.toggleAttribute('data-closed', now);
    one.toggleAttribute('open', now);
  }
}

function start() {
  const sheet = new URL('player.css', HOME).href;
  const styled = [...document.querySelectorAll('link[rel="stylesheet"]')];
  if (!styled.some(one => /** @type {HTMLLinkElement} */ (one).href.startsWith(sheet))) {
    document.head.append(Object.assign(document.createElement('link'), { rel: 'stylesheet', href: sheet }));
  }
  if (!customElements.get('explainer-video')) customElements.define('explainer-video', ExplainerVideo);
  /** @param {ParentNode} root */
  const look = root => {
    posters(root);
    loops(root);
    races(root);
  };
  look(document);
  document.addEventListener('click', clicked);
  document.addEventListener('play', () => races(document, 'explainer-race'), true);
  // Routers bring new posters.
  new MutationObserver(records => {
    for (const node of records.flatMap(record => [...record.addedNodes])) {
      if (node instanceof Element && node.isConnected) look(node);
    }
  }).observe(document.body, { childList: true, subtree: true });
  const attributes = { attributes: true, attributeFilter: ['class', 'style', 'data-theme', 'data-color-mode'] };
  const switched = new MutationObserver(themed);
  for (const one of [document.documentElement, document.body]) switched.observe(one, attributes);
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', themed);
  for (const kind of ['click', 'change']) document.addEventListener(kind, themed);
  addEventListener('beforeprint', () => printed(true));
  addEventListener('afterprint', () => printed(false));
  addEventListener('hashchange', () => {
    for (const one of document.querySelectorAll('explainer-video')) /** @type {ExplainerVideo} */ (one).goWhereAsked();
  });
}

/** React compares a page with what it would write, once, and complains of every change: it goes first. */
async function compared() {
  const wait = /** @param {number} ms */ ms => new Promise(done => setTimeout(done, ms));
  const root = document.querySelector('#__next, #__docusaurus, #___gatsby');
  if (!root && !document.querySelector('script[src*="/_next/"]')) return;
  const known = () => Object.keys(root || document).some(key => /^_+react(Root)?Container/.test(key));
  for (let n = 0; n < 100 && !known(); n++) await wait(50);
  await (typeof requestIdleCallback === 'function' ? new Promise(done => requestIdleCallback(done, { timeout: 2000 })) : wait(200));
}

compared().then(start);
