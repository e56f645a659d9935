// What <explainer-race> shows: the numbers of race.json as they are written, and its four views. Cells, tracks
// and curves are drawn on a canvas; every number is text of the page.

/**
 * A counter over the steps: differences of whole numbers, digits behind the point, a unit, and the words of
 * values that are no number (-1 is the first).
 * @typedef {{values: number[], digits?: number, unit?: string, words?: string[], label?: string}} Column
 * @typedef {{rows: number[][], medians: string[]}} Curves
 * @typedef {{fill: string, tail: string, block: string, on: string, figure: string}} RunTokens
 * @typedef {{text: string, muted: string, accent: string, warn: string, exit: string, background: string,
 *   panel: string, line: string, ground: string[], runs: RunTokens[]}} Tokens
 * @typedef {{name: string, label: string, caption: string | null, hatched: boolean, role: string, kind: string,
 *   arrives: boolean, end: string, end_step: number, lost: string, places: number[],
 *   counters: Record<string, Column>, caveats: string[], facts: Record<string, string>,
 *   source: {text: string, url: string | null, sha256: string | null}}} Run
 * @typedef {{ids: string[], slots: number[], start: number[], end: number[], arrival: number[], first: number[],
 *   prompt: number[], output: number[], failed: number[]}} Bars
 * @typedef {{from: number, until: number, runs: (Bars | null)[]}} Tile
 * @typedef {{format: string, video: string, shot: string, title: string, subtitle: string, time: string,
 *   unit: string, axis: string, goal: number, cell: number | null, provenance: string | null, notes: string[],
 *   film: {fps: number, first_frame: number}, clock: {digits: number, values: number[], speed: Column},
 *   runs: Run[], gap: {run: number, over: number, words: string} | null,
 *   cards: {baseline: number, cells: {heading: string, mark?: string, low?: string, high?: string}[],
 *     runs: {flag: string | null, cells: Card[]}[]} | null,
 *   moments: {words: string[], steps: number[], places: number[][], counts: number[][]} | null,
 *   latency: {every: number, plots: {name: string, unit: string, end: number, runs: (Curves | null)[]}[]} | null,
 *   lanes?: {typical_s: number, slots: number[], tiles: {file: string, from: number, until: number}[]},
 *   sources: {text: string, kind: string, url: string | null}[],
 *   themes: {dark: Tokens, light: Tokens}}} Data
 * @typedef {{text?: string, share?: number, change?: string, word?: string, filled?: boolean}} Card
 *
 * What a view draws with: `shown` are the runs that race, in order; sizes are CSS pixels.
 * @typedef {{data: Data, pen: CanvasRenderingContext2D, over: HTMLElement, width: number, height: number,
 *   dark: boolean, tokens: Tokens, shown: number[], clock: number[], places: number[][],
 *   lead: (step: number) => number, text: (run: number, name: string, step: number) => string,
 *   tile: (index: number) => Tile | null}} Host
 *
 * @typedef {{show: (step: number) => void, at: (x: number, y: number) => string | null,
 *   next?: (by: number) => string | null}} View
 */

/** Places along the axis, from the start to the finish line. */
const PLACES = 1 << 15;
const SANS = '"Race Sans", Inter, system-ui, sans-serif';
const MONO = '"Race Mono", "JetBrains Mono", ui-monospace, monospace';

/** Values from their differences. @param {number[]} differences */
export function summed(differences) {
  let sum = 0;
  return differences.map(each => (sum += each));
}

/** A whole number in units of its last digit, as Python writes it: `1,234.5`. @param {number} value @param {number} digits */
export function grouped(value, digits) {
  const written = String(value).padStart(digits + 1, '0');
  const whole = written.slice(0, written.length - digits).replace(/\B(?=(\d{3})+$)/g, ',');
  return digits ? `${whole}.${written.slice(-digits)}` : whole;
}

/** A value of a column as it is written. @param {Column} column @param {number} value */
export function written(column, value) {
  if (value < 0) return (column.words || [])[-1 - value] || '';
  return grouped(value, column.digits || 0) + (column.unit || '');
}

/** `27:00`, `1:02:03.5`: a time in units of its last digit. @param {number} ticks @param {number} digits */
export function timed(ticks, digits) {
  const scale = 10 ** digits;
  const all = Math.floor(ticks / scale);
  const [hours, minutes, seconds] = [Math.floor(all / 3600), Math.floor(all / 60) % 60, all % 60];
  const two = (/** @type {number} */ one) => String(one).padStart(2, '0');
  const clock = hours ? `${hours}:${two(minutes)}:${two(seconds)}` : `${minutes}:${two(seconds)}`;
  return digits ? `${clock}.${String(ticks % scale).padStart(digits, '0')}` : clock;
}

/** An element with its class, words and children. @param {string} tag @param {string} name @param {(string | Node)[]} children */
export function made(tag, name, ...children) {
  const one = document.createElement(tag);
  if (name) one.className = name;
  one.append(...children);
  return one;
}

/** A colour with an opacity. @param {string} color @param {number} alpha */
const faint = (color, alpha) =>
  color + Math.round(Math.max(0, Math.min(1, alpha)) * 255).toString(16).padStart(2, '0');

/** `share` of `over` on `base`. @param {string} base @param {string} over @param {number} share */
function mixed(base, over, share) {
  const parts = [1, 3, 5].map(at => {
    const [low, high] = [base, over].map(color => parseInt(color.slice(at, at + 2), 16));
    return Math.round(low + (high - low) * share).toString(16).padStart(2, '0');
  });
  return `#${parts.join('')}`;
}

/** @param {HTMLElement} one @param {number} x @param {number} y */
function put(one, x, y) {
  one.style.transform = `translate(${Math.round(x)}px, ${Math.round(y)}px)`;
}

/** @param {HTMLElement} one @param {string} words */
function say(one, words) {
  if (one.textContent !== words) one.textContent = words;
}

/** The first index at which an ascending list has reached a value. @param {number[]} list @param {number} value */
function reached(list, value) {
  let [low, high] = [0, list.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (list[middle] >= value) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** Runs above one another on one axis with one finish line. @implements {View} */
export class Tracks {
  /** @param {Host} host */
  constructor(host) {
    const { data, width, height, over, shown, tokens } = host;
    this.host = host;
    this.cell = data.cell || Math.max(1, Math.ceil(data.goal / 40));
    this.wide = width >= 600;
    this.unit = this.wide ? width / 1920 : 0.42;
    this.x0 = this.wide ? Math.round(width * 0.05) : 14;
    this.finish = Math.max(8, Math.round(31 * this.unit));
    this.x1 = width - (this.wide ? this.x0 : 12) - this.finish;
    this.gap = Math.max(22, Math.round(48 * this.unit));
    const room = height - 12 - (this.wide ? 74 : 58);
    this.lane = (room - this.gap * (shown.length - 1)) / shown.length;
    const sizes = this.wide
      ? { name: 60 * this.unit, caption: 36 * this.unit, count: 72 * this.unit, rate: 34 * this.unit }
      : { name: 16, caption: 11.5, count: 19, rate: 12 };
    this.sizes = { ...sizes, name: Math.max(16, sizes.name), caption: Math.max(12, sizes.caption), rate: Math.max(12, sizes.rate) };
    this.inset = Math.max(8, 28 * this.unit);
    /** @type {Map<number, {name: HTMLElement, head: HTMLElement, count: HTMLElement, rate: HTMLElement, right: number}>} */
    this.parts = new Map();
    this.block = 0;
    for (const run of shown) {
      const { label, caption, counters } = data.runs[run];
      const low = this.lane < 74;
      const name = made('div', 'name', made('b', '', label));
      if (caption && !low) name.append(made('span', '', caption));
      const [count, rate] = [made('b', '', ''), made('span', 'mono', '')];
      const head = made('div', 'head', count);
      if ('throughput' in counters) head.append(made('span', '', rate, ' tokens/s'));
      over.append(name, head);
      this.parts.set(run, { name, head, count, rate, right: 0 });
      const last = host.clock.length - 1;
      const most = [0.3, 0.6, 0.9].map(share => host.text(run, 'count', Math.floor(last * share)));
      const widest = [...most, data.runs[run].end].reduce((a, b) => (b.length > a.length ? b : a), '');
      const wide = this.#width(widest, `700 ${this.sizes.count}px ${MONO}`);
      const rates = 'throughput' in counters ? this.#width(host.text(run, 'throughput', last), `650 ${this.sizes.rate}px ${MONO}`) + this.#width(' tokens/s', `400 ${this.sizes.rate}px ${SANS}`) : 0;
      this.block = Math.max(this.block, Math.max(wide, rates) + 2 * this.inset);
      const words = [this.#width(label, `650 ${this.sizes.name}px ${SANS}`)];
      if (caption && !low) words.push(this.#width(caption, `400 ${this.sizes.caption}px ${SANS}`));
      /** @type {{right: number}} */ (this.parts.get(run)).right = this.x0 + this.inset + Math.max(...words);
    }
    for (const [name, size] of Object.entries(this.sizes)) over.style.setProperty(`--${name}`, `${size.toFixed(1)}px`);
    over.style.setProperty('--lane', `${this.lane}px`);
    over.style.setProperty('--inner', `${this.block - 2 * this.inset}px`);
    this.leads = ['lead', 'lead low'].map(name => {
      const one = made('div', name, made('b', 'mono', ''), made('span', '', data.gap?.words || ''));
      one.style.color = data.gap ? tokens.runs[data.gap.run].figure : '';
      over.append(one);
      return one;
    });
    this.#axis();
    this.between = this.#moments();
  }

  /** @param {string} words @param {string} font */
  #width(words, font) {
    this.host.pen.font = font;
    return this.host.pen.measureText(words).width;
  }

  /** @param {number} place */
  #x(place) {
    return this.x0 + ((this.x1 - this.x0) * place) / PLACES;
  }

  /** Top of a lane. @param {number} row */
  #top(row) {
    return 8 + row * (this.lane + this.gap);
  }

  get #bottom() {
    return this.#top(this.host.shown.length - 1) + this.lane;
  }

  /** What the axis counts, below the tracks. */
  #axis() {
    const { data, over } = this.host;
    let taken = -Infinity;
    const shares = this.wide ? [0, 0.25, 0.5, 0.75, 1] : [0, 0.5, 1];
    for (const share of shares) {
      const value = Math.round(data.goal * share);
      const digits = data.axis === 'time' ? timed(Math.round(data.goal * share * 10 ** data.clock.digits), data.clock.digits) : grouped(value, 0);
      const one = made('span', 'axis', made('span', 'mono', digits));
      if (!share && data.axis !== 'time') one.append(` ${data.unit}${data.axis === 'requests' ? ' done' : ''}`);
      over.append(one);
      const width = one.offsetWidth;
      const x = share ? Math.min(this.#x(share * PLACES) - width / 2, this.x1 + this.finish - width) : this.x0;
      if (x < taken + 12) one.remove();
      else put(one, x, this.#bottom + (this.wide ? 46 : 34));
      taken = Math.max(taken, x + width);
    }
  }

  /** Words at lines of equal time between neighbours; every so many that they have room. */
  #moments() {
    const { data, shown, over } = this.host;
    const { moments, gap } = data;
    if (!moments) return [];
    const far = this.#x(moments.places[shown[0]][0] || PLACES) - this.x0;
    const stride = Math.max(1, Math.ceil((this.wide ? 74 : 62) / Math.max(far, 1)));
    return shown.slice(1).map((below, row) => {
      const above = shown[row];
      const leads = Boolean(gap) && [above, below].includes(gap?.run ?? -1) && [above, below].includes(gap?.over ?? -1);
      const words = moments.words.map((words, index) => {
        const lead = gap && leads ? moments.counts[gap.run][index] - moments.counts[gap.over][index] : 0;
        const text = leads ? `${lead < 0 ? '−' : '+'}${grouped(Math.abs(lead), 0)}` : words;
        const one = made('span', leads ? 'moment mono' : 'moment', row && !leads ? '' : text);
        if (leads && gap) one.style.color = this.host.tokens.runs[gap.run].figure;
        one.hidden = true;
        over.append(one);
        return one;
      });
      return { above, below, row, leads, stride, words };
    });
  }

  /** @param {number} step */
  show(step) {
    const { pen, width, height, shown, data, places } = this.host;
    pen.clearRect(0, 0, width, height);
    shown.forEach((run, row) => this.#track(run, row, step));
    this.#lines();
    for (const each of this.between) this.#equal(each, step);
    for (const one of this.leads) one.hidden = true;
    const { gap } = data;
    if (gap && shown.includes(gap.run) && shown.includes(gap.over)) this.#lead(gap, step);
    shown.forEach((run, row) => this.#words(run, row, this.#x(places[run][step]), step));
  }

  /** @param {number} run @param {number} row @param {number} step */
  #track(run, row, step) {
    const { pen, width, tokens, dark, data, places } = this.host;
    const [top, { fill, tail, block }, { hatched, role }] = [this.#top(row), tokens.runs[run], data.runs[run]];
    const head = this.#x(places[run][step]);
    const cell = (this.cell / data.goal) * (this.x1 - this.x0);
    const seam = cell * Math.ceil(6 / cell);
    pen.fillStyle = faint(tokens.panel, dark ? 0.72 : 0.8);
    pen.fillRect(0, top, width, this.lane);
    const seams = (/** @type {string} */ color, /** @type {number} */ from, /** @type {number} */ until) => {
      pen.fillStyle = color;
      for (let x = this.x0 - Math.floor(this.x0 / seam) * seam; x < until; x += seam) if (x > from) pen.fillRect(x - 0.5, top, 1, this.lane);
    };
    seams(faint(tokens.line, 0.5), head, width);
    if (head > this.x0 + 1) {
      pen.save();
      pen.beginPath();
      pen.rect(this.x0, top, head - this.x0, this.lane);
      pen.clip();
      pen.fillStyle = this.#bright(run) ? fill : tail;
      pen.fillRect(this.x0, top, head - this.x0, this.lane);
      const reach = Math.max(220, 1150 * this.unit);
      const power = this.#bright(run) ? 0.06 : role === 'ours' ? 1 : 2.4;
      const grown = 0.25 + 0.75 * Math.min(1, (head - this.x0) / (0.75 * reach));
      const light = pen.createLinearGradient(head - reach, 0, head, 0);
      for (let k = 0; k <= 10; k += 1) light.addColorStop(k / 10, faint(fill, (((k * k) / 100) * (3 - k / 5)) ** power * grown));
      pen.fillStyle = light;
      pen.fillRect(head - reach, top, reach, this.lane);
      const sheen = pen.createLinearGradient(0, top, 0, top + this.lane);
      sheen.addColorStop(0, faint('#ffffff', dark ? 0.12 : 0.03));
      sheen.addColorStop(1, faint('#ffffff', 0));
      pen.fillStyle = sheen;
      pen.fillRect(this.x0, top, head - this.x0, this.lane);
      if (hatched) this.#stripes(top, head, cell);
      seams(faint('#ffffff', dark ? 0.16 : 0.1), this.x0, head);
      pen.fillStyle = faint(tokens.background, 0.7);
      for (const place of data.moments?.places[run] || []) pen.fillRect(this.#x(place) - 1, top, Math.max(2, 5 * this.unit), this.lane);
      if (this.#behind(run, head)) {
        pen.fillStyle = block;
        pen.fillRect(head - this.block, top, this.block, this.lane);
      }
      pen.restore();
    }
    const edge = Math.max(3, 8 * this.unit);
    pen.save();
    pen.translate(head, top + this.lane / 2);
    pen.scale(110 * this.unit, this.lane * 0.72);
    const glow = pen.createRadialGradient(0, 0, 0, 0, 0, 1);
    const hue = dark ? mixed(fill, '#ffffff', 0.3) : fill;
    glow.addColorStop(0, faint(hue, dark ? 0.42 : 0.14));
    glow.addColorStop(1, faint(hue, 0));
    pen.fillStyle = glow;
    pen.fillRect(0, -1, 1, 2);
    pen.restore();
    pen.fillStyle = dark ? mixed(fill, '#ffffff', 0.55) : fill;
    pen.fillRect(Math.max(this.x0, head - edge), top, edge, this.lane);
  }

  /** @param {number} top @param {number} head @param {number} cell */
  #stripes(top, head, cell) {
    const { pen, tokens } = this.host;
    const step = (cell / 2) * Math.ceil(12 / (cell / 2));
    pen.strokeStyle = faint(tokens.text, 0.12);
    pen.lineWidth = step * 0.32;
    pen.beginPath();
    for (let x = this.x0 - this.lane; x < head + this.lane; x += step) {
      pen.moveTo(x, top + this.lane);
      pen.lineTo(x + this.lane, top);
    }
    pen.stroke();
  }

  /** Start line and chequered finish line. */
  #lines() {
    const { pen, tokens, dark } = this.host;
    const [top, bottom, side] = [this.#top(0) - 5, this.#bottom + 5, this.finish / 2];
    pen.fillStyle = tokens.muted;
    pen.fillRect(this.x0 - 3, top, 3, bottom - top);
    pen.fillStyle = dark ? tokens.background : tokens.text;
    pen.fillRect(this.x1, top, this.finish, bottom - top);
    pen.fillStyle = dark ? tokens.text : tokens.background;
    for (let row = 0; top + row * side < bottom; row += 1) {
      const y = top + row * side;
      pen.fillRect(this.x1 + (row % 2) * side, y, side, Math.min(side, bottom - y));
    }
  }

  /** @param {{above: number, below: number, row: number, leads: boolean, stride: number, words: HTMLElement[]}} between @param {number} step */
  #equal({ above, below, row, leads, stride, words }, step) {
    const { pen, tokens, data } = this.host;
    const { moments, gap } = data;
    if (!moments) return;
    const [top, bottom] = [this.#top(row) + this.lane + 3, this.#top(row + 1) - 3];
    pen.strokeStyle = leads && gap ? tokens.runs[gap.run].figure : tokens.muted;
    pen.lineWidth = 1.5;
    words.forEach((one, index) => {
      const there = step >= moments.steps[index] && (index + 1) % stride === 0;
      const [from, to] = [this.#x(moments.places[above][index]), this.#x(moments.places[below][index])];
      const x = Math.max(from, to);
      // Never under the line from the leader's head.
      const ahead = leads && gap ? this.#x(this.host.places[gap.run][step]) : -1;
      one.hidden = !there || x + 62 > this.x1 || (ahead > x - 4 && ahead < x + 64 && step < data.runs[gap?.over ?? 0].end_step);
      if (!there) return;
      pen.beginPath();
      pen.moveTo(from, top);
      pen.lineTo(to, bottom);
      pen.stroke();
      put(one, x + 6, top - 3 + (bottom - top + 6 - 18) / 2);
    });
  }

  /** The lead as a bracket with its number. @param {{run: number, over: number}} gap @param {number} step */
  #lead({ run, over }, step) {
    const { pen, tokens, data, places, shown } = this.host;
    const [ahead, behind] = [this.#x(places[run][step]), this.#x(places[over][step])];
    const lead = this.host.lead(step);
    if (lead <= 0 || step >= data.runs[over].end_step) return;
    const { figure } = tokens.runs[run];
    const row = shown.indexOf(over);
    const [top, last] = [this.#top(row), row === shown.length - 1];
    const edge = Math.max(3, 8 * this.unit);
    pen.fillStyle = faint(figure, 0.42);
    pen.fillRect(behind, top, Math.max(0, ahead - behind), this.lane);
    pen.strokeStyle = figure;
    pen.lineWidth = 2;
    pen.setLineDash([3, 3]);
    pen.beginPath();
    pen.moveTo(ahead - 1, this.#top(shown.indexOf(run)) + this.lane);
    pen.lineTo(ahead - 1, top + this.lane);
    pen.stroke();
    pen.setLineDash([]);
    const low = top + this.lane + 4;
    pen.beginPath();
    pen.moveTo(behind - edge / 2, low);
    pen.lineTo(behind - edge / 2, low + 7);
    pen.lineTo(ahead - 1, low + 7);
    pen.lineTo(ahead - 1, low);
    pen.stroke();
    // Right of the leader while there is room, else below the bracket.
    const [beside, below] = this.leads;
    for (const one of this.leads) {
      one.hidden = false;
      say(/** @type {HTMLElement} */ (one.firstChild), `+${grouped(lead, 0)}`);
    }
    const inside = this.wide && this.#behind(over, behind) && ahead + 16 + beside.offsetWidth < this.x1;
    beside.hidden = !inside;
    below.hidden = inside || !last;
    if (inside) put(beside, ahead + 16, top + (this.lane - beside.offsetHeight) / 2);
    else if (last) put(below, Math.max(this.x0, Math.min(ahead, this.x1) - below.offsetWidth), low + 10);
  }

  /** Whether a track is as bright at its tail as at its head. @param {number} run */
  #bright(run) {
    return !this.host.dark && this.host.data.runs[run].role === 'ours';
  }

  /** Whether a run's numbers have room behind its head. @param {number} run @param {number} head */
  #behind(run, head) {
    return head - this.block > (this.parts.get(run)?.right || 0) + 10;
  }

  /** @param {number} run @param {number} row @param {number} x @param {number} step */
  #words(run, row, x, step) {
    const part = this.parts.get(run);
    if (!part) return;
    const { data, tokens, width, places } = this.host;
    const { arrives, end, end_step, lost } = data.runs[run];
    const arrived = arrives && step >= end_step;
    const top = this.#top(row);
    put(part.name, this.x0 + this.inset, top);
    // On a track that is bright under its name, the part that the head has passed is read on it.
    part.name.classList.toggle('split', this.#bright(run));
    part.name.style.setProperty('--at', `${Math.round(x - this.x0 - this.inset)}px`);
    part.name.style.setProperty('--on', tokens.runs[run].on);
    say(part.count, arrived ? `${end}${lost ? ' ✕' : ''}` : this.host.text(run, 'count', step));
    say(part.rate, this.host.text(run, 'throughput', step));
    const behind = this.#behind(run, x);
    part.head.style.color = behind ? tokens.runs[run].on : tokens.text;
    part.head.classList.toggle('behind', behind);
    if (behind) return put(part.head, x - this.block + this.inset, top);
    // Never on the name, nor on the lead that lies on this track.
    const leader = data.gap && data.gap.over === run && this.host.shown.includes(data.gap.run) ? this.#x(places[data.gap.run][step]) : 0;
    return put(part.head, Math.min(Math.max(x, part.right, leader) + this.inset, width - this.block + this.inset), top);
  }

  /** When a cell was filled. @param {number} x @param {number} y @returns {string | null} */
  at(x, y) {
    const { shown, data, places, clock } = this.host;
    const row = shown.findIndex((_, index) => y >= this.#top(index) && y <= this.#top(index) + this.lane);
    if (row < 0 || x < this.x0 || x > this.x1) return null;
    const run = shown[row];
    const size = this.cell;
    const first = Math.floor((((x - this.x0) / (this.x1 - this.x0)) * data.goal) / size) * size;
    const last = Math.min(first + size, data.goal);
    const moments = [first, last].map(value => reached(places[run], Math.floor((value / data.goal) * PLACES)));
    const [from, until] = moments.map(step => timed(clock[step], data.clock.digits));
    const { end_step, label } = data.runs[run];
    if (places[run][end_step] < Math.floor((last / data.goal) * PLACES)) return null;
    const what = data.axis === 'time' ? '' : ` ${grouped(Math.floor(first), 0)} to ${grouped(Math.floor(last), 0)} ${data.unit}`;
    return `${label}:${what}\n${from} to ${until}`;
  }
}

/** The batch at work: a lane a slot, a bar a request. @implements {View} */
export class Lanes {
  /** @param {Host} host */
  constructor(host) {
    const { data, over, shown, width, height, clock } = host;
    this.host = host;
    this.rows = shown.map((run, row) => {
      const each = height / shown.length;
      const name = made('div', 'lane-name', made('b', '', data.runs[run].label), made('span', '', ''));
      over.append(name);
      put(name, 12, row * each + 4);
      return { run, top: row * each + 30, height: each - 36, words: /** @type {HTMLElement} */ (name.lastChild) };
    });
    const scale = 10 ** data.clock.digits;
    const span = (clock[clock.length - 1] - clock[0]) / scale;
    const typical = data.lanes?.typical_s || span;
    // A window in which a typical bar can be seen; the whole race where that is most of it.
    const speed = span / (clock.length / data.film.fps);
    const window = Math.max((typical * width) / 40, speed * 4.5);
    this.whole = window >= span * 0.6;
    this.window = (this.whole ? span : window) * 1000;
    this.from = (clock[0] / scale) * 1000;
    this.now = this.from;
    /** @type {{run: number, id: string, x: number, y: number, w: number, h: number, words: string}[]} */
    this.bars = [];
    this.picked = '';
  }

  /** @param {number} step */
  show(step) {
    const { pen, width, height, data, clock, tokens } = this.host;
    this.step = step;
    this.now = (clock[step] / 10 ** data.clock.digits) * 1000;
    const left = this.whole ? this.from : this.now - this.window;
    pen.clearRect(0, 0, width, height);
    this.bars = [];
    const tiles = (data.lanes?.tiles || []).map((each, index) => ({ ...each, index }));
    const seen = tiles.filter(each => each.until >= left && each.from <= this.now);
    this.host.tile((seen[seen.length - 1]?.index ?? -1) + 1);
    for (const row of this.rows) {
      const { run, top, height: high } = row;
      const slots = data.lanes?.slots[run] || 0;
      if (!slots) {
        say(row.words, 'this log does not say when each request was at work');
        continue;
      }
      const pitch = Math.min(32, high / slots);
      pen.fillStyle = faint(tokens.line, 0.3);
      for (let slot = 0; slot < slots; slot += 1) pen.fillRect(0, top + slot * pitch, width, Math.max(1, pitch * 0.82));
      const drawn = new Set();
      let missing = false;
      for (const { index } of seen) {
        const tile = this.host.tile(index);
        const bars = tile?.runs[run];
        if (!tile) missing = true;
        for (let k = 0; bars && k < bars.ids.length; k += 1) if (!drawn.has(bars.ids[k])) {
          drawn.add(bars.ids[k]);
          this.#bar(run, bars, k, left, top + bars.slots[k] * pitch, Math.max(1, pitch * 0.82));
        }
      }
      say(row.words, missing ? 'loading' : `${slots} slots; a bar is a request${this.whole ? '' : `, ${(this.window / 1000).toPrecision(2)} s of the run`}`);
    }
    pen.fillStyle = tokens.text;
    for (const { top, height: high } of this.rows) pen.fillRect(this.#x(this.now, left) - 2, top - 3, 2, high + 3);
  }

  /** @param {number} moment @param {number} left */
  #x(moment, left) {
    return ((moment - left) / this.window) * this.host.width;
  }

  /** @param {number} run @param {Bars} bars @param {number} k @param {number} left @param {number} y @param {number} h */
  #bar(run, bars, k, left, y, h) {
    const { pen, tokens, data } = this.host;
    const [start, end, first] = [bars.start[k], Math.min(bars.end[k], this.now), bars.first[k]];
    if (start > this.now || end < left) return;
    const x = this.#x(start, left);
    const until = this.#x(end, left);
    const gap = until - x > 6 && end < this.now ? 1 : 0;
    const { fill } = tokens.runs[run];
    pen.fillStyle = mixed(tokens.panel, fill, 0.5);
    pen.fillRect(x, y, Math.max(1, until - x - gap), h);
    const from = Math.max(x, first >= start ? this.#x(first, left) : x);
    pen.fillStyle = fill;
    if (from < until) pen.fillRect(from, y, Math.max(0.5, until - from - gap), h);
    const failed = bars.failed.includes(k) && end < this.now;
    pen.fillStyle = tokens.warn;
    if (failed) pen.fillRect(until - 4, y, 4, h);
    const id = `${run}:${bars.ids[k]}`;
    if (id === this.picked) {
      pen.strokeStyle = tokens.text;
      pen.lineWidth = 2;
      pen.strokeRect(x + 1, y, Math.max(2, until - x - 2), h);
    }
    const at = (/** @type {number} */ ms) => (ms < 0 ? '–' : `${(ms / 1000).toFixed(3)} s`);
    const done = bars.end[k] <= this.now;
    const tokensOf = (/** @type {number} */ count) => (count < 0 ? '–' : grouped(count, 0));
    const words = `${data.runs[run].label}: request ${bars.ids[k]}\narrived ${at(bars.arrival[k])}, first token ${at(first)}, ` +
      `${bars.failed.includes(k) ? 'ended' : 'finished'} ${done ? at(bars.end[k]) : 'not yet'}\n` +
      `${tokensOf(bars.prompt[k])} prompt tokens, ${tokensOf(bars.output[k])} output tokens`;
    this.bars.push({ run, id, x, y, w: Math.max(3, until - x), h, words });
  }

  /** A request's times. @param {number} x @param {number} y @returns {string | null} */
  at(x, y) {
    return this.bars.find(bar => x >= bar.x && x <= bar.x + bar.w && y >= bar.y && y <= bar.y + bar.h)?.words || null;
  }

  /** The times of the request after the picked one, or before it. @param {number} by @returns {string | null} */
  next(by) {
    const at = this.bars.findIndex(bar => bar.id === this.picked);
    const bar = this.bars[at < 0 ? 0 : (at + by + this.bars.length) % this.bars.length];
    this.picked = bar?.id || '';
    this.show(this.step || 0);
    return bar?.words || null;
  }
}

/** Every counter of every run. @implements {View} */
export class Counters {
  /** @param {Host} host */
  constructor(host) {
    const { data, over, shown, tokens } = host;
    this.host = host;
    /** @type {{run: number, name: string, cell: HTMLElement}[]} */
    this.cells = [];
    const grid = made('div', 'counters');
    grid.style.setProperty('--runs', String(shown.length));
    for (const run of shown) {
      const name = made('b', 'run', data.runs[run].label);
      name.style.color = tokens.runs[run].figure;
      grid.append(name);
    }
    const names = [...new Set(shown.flatMap(run => Object.keys(data.runs[run].counters)))];
    for (const name of names) {
      const label = name === 'count' ? `${data.unit} done` : shown.map(run => data.runs[run].counters[name]?.label).find(Boolean) || name;
      grid.append(made('span', 'label', label));
      for (const run of shown) {
        const cell = made('span', 'mono', '');
        grid.append(cell);
        this.cells.push({ run, name, cell });
      }
    }
    grid.append(made('span', 'label', 'done at'));
    for (const run of shown) {
      const cell = made('span', 'mono', '');
      grid.append(cell);
      this.cells.push({ run, name: 'end', cell });
    }
    over.append(grid);
  }

  /** @param {number} step */
  show(step) {
    const { pen, width, height, data } = this.host;
    pen.clearRect(0, 0, width, height);
    for (const { run, name, cell } of this.cells) {
      const { arrives, end_step, end, lost } = data.runs[run];
      const done = arrives && step >= end_step ? `${end}${lost ? `, ${lost}` : ''}` : '–';
      say(cell, name === 'end' ? done : this.host.text(run, name, step) || '–');
    }
  }

  at() {
    return null;
  }
}

/** How many of a run's waits were no longer than this, as they end. @implements {View} */
export class Latency {
  /** @param {Host} host */
  constructor(host) {
    const { data, over, shown, width, height, tokens } = host;
    this.host = host;
    const plots = data.latency?.plots || [];
    const beside = width >= 600;
    const [w, h] = beside ? [(width - 24 - 40 * (plots.length - 1)) / plots.length, height] : [width - 24, height / plots.length];
    this.plots = plots.map((plot, index) => {
      const [left, top] = beside ? [12 + index * (w + 40), 0] : [12, index * h];
      const words = made('div', 'plot', made('span', '', plot.name));
      const medians = shown.map(run => {
        const one = made('b', 'mono', '');
        one.style.color = tokens.runs[run].figure;
        words.append(one);
        return { run, one };
      });
      const ends = made('div', 'ends', made('span', 'mono', '0'), made('span', 'mono', `${plot.end} ${plot.unit}`));
      for (const one of [words, ends]) one.style.width = `${w}px`;
      over.append(words, ends);
      put(words, left, top + 4);
      put(ends, left, top + h - 24);
      const states = plot.runs.map(curves => curves && curves.rows.reduce((/** @type {number[][]} */ all, row) => {
        const before = all[all.length - 1];
        all.push(before ? row.map((value, at) => value + before[at]) : row);
        return all;
      }, []));
      return { plot, medians, states, left, top: top + 34, w, h: h - 34 - 30 };
    });
  }

  /** @param {number} step */
  show(step) {
    const { pen, width, height, data, tokens, shown, clock } = this.host;
    pen.clearRect(0, 0, width, height);
    const every = data.latency?.every || 1;
    for (const { plot, medians, states, left, top, w, h } of this.plots) {
      for (const share of [0, 0.5, 1]) {
        pen.fillStyle = share ? faint(tokens.line, 0.7) : tokens.muted;
        pen.fillRect(left, top + h * (1 - share) - 0.5, w, 1);
      }
      for (const run of shown) {
        const rows = states[run];
        if (!rows) continue;
        const last = step === clock.length - 1;
        const row = rows[last ? rows.length - 1 : Math.floor(step / every)];
        pen.strokeStyle = tokens.runs[run].figure;
        pen.lineWidth = 2.5;
        pen.setLineDash(data.runs[run].hatched ? [7, 4] : []);
        pen.beginPath();
        row.forEach((share, at) => pen.lineTo(left + (w * at) / (row.length - 1), top + h * (1 - share / 1000)));
        pen.stroke();
        pen.setLineDash([]);
      }
      for (const { run, one } of medians) {
        const curves = plot.runs[run];
        const index = step === clock.length - 1 ? -1 : Math.floor(step / every);
        say(one, curves ? `p50 ${curves.medians.at(index)} ${plot.unit}` : '');
      }
    }
  }

  at() {
    return null;
  }
}

/** What each run won and paid, as the film's cards beyond the finish line write it: a run's figures come when it
 * arrives, differences when all have. */
export class Cards {
  /** @param {Data} data @param {HTMLElement} place */
  constructor(data, place) {
    this.data = data;
    const { cells = [], runs = [], baseline = 0 } = data.cards || {};
    place.style.setProperty('--cells', String(cells.length));
    place.setAttribute('role', 'table');
    place.setAttribute('aria-label', 'What each run won and paid');
    const heads = ['', ...cells.map(one => one.heading)].map(words => made('span', 'label', words));
    heads.forEach(one => one.setAttribute('role', 'columnheader'));
    place.replaceChildren(made('div', 'card heads', ...heads));
    this.compared = Math.max(...data.runs.map(run => run.end_step));
    this.rows = runs.map((run, index) => {
      const name = made('div', 'of', made('b', '', data.runs[index].label), made('span', 'label late', run.flag || ''));
      name.setAttribute('role', 'rowheader');
      const figures = run.cells.map((one, at) => figure(one, cells[at], at ? one.text || '' : data.runs[index].end, index === baseline && at === 1));
      const row = made('div', 'card', name, ...figures);
      place.append(row);
      return row;
    });
    for (const row of place.children) row.setAttribute('role', 'row');
  }

  /** @param {number} step @param {Host} host */
  show(step, { shown, tokens, data }) {
    this.rows.forEach((row, index) => {
      const { arrives, end_step } = data.runs[index];
      row.hidden = !shown.includes(index);
      row.style.setProperty('--hue', tokens.runs[index].figure);
      row.style.setProperty('--fill', tokens.runs[index].fill);
      row.style.setProperty('--on', tokens.runs[index].on);
      row.classList.toggle('in', arrives && step >= end_step);
      row.classList.toggle('all', arrives && step >= this.compared);
    });
  }
}

/** A figure of a card with its scale, its difference and a word. @param {Card} card
 * @param {{heading: string, mark?: string, low?: string, high?: string}} cell @param {string} words @param {boolean} base */
function figure({ share, change, word, filled }, { heading, mark, low, high }, words, base) {
  const one = made('div', 'figure', made('span', 'label narrow', heading), made('b', 'mono', words));
  one.setAttribute('role', 'cell');
  if (mark && share !== undefined) {
    const scale = made('span', `scale ${mark}`, made('i', ''));
    scale.style.setProperty('--share', String(share));
    scale.title = `from ${low} to ${high}`;
    one.append(scale);
  }
  const late = Boolean(change) || /\d/.test(word || '');
  const under = made('span', late ? 'under late' : 'under', ...(change ? [made('em', filled ? 'filled' : '', change), ' '] : []), word || (base ? 'baseline' : ''));
  one.append(under);
  return one;
}
