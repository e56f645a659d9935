// What a player has whose film is spoken: the button that turns the sound on, and a mark in the transcript at
// the word that is being said. The times are those of the words' track, which is asked for when it plays.

/** @param {Element} line */
const at = line => Number(/** @type {HTMLElement} */ (line).dataset.t);

/** Seconds of `00:01:02.345`. @param {string} text */
const seconds = text => text.split(':').reduce((sum, part) => 60 * sum + Number(part), 0);

/** Which words of a line that begins at `start` have been begun last: how many come before them, and how many
 * they are. @param {VTTCue} cue @param {number} start @param {number} now */
export function saying(cue, start, now) {
  const parts = cue.text.split(/<([\d:.]+)>/);
  let before = 0, count = 0;
  for (let n = 0; n < parts.length; n += 2) {
    const begun = n ? seconds(parts[n - 1]) : cue.startTime;
    if (begun < start - 0.05) continue;
    if (begun > now) break;
    before += count;
    count = parts[n].trim().split(' ').length;
  }
  return { before, count };
}

/** Some words of a line of the transcript. @param {Element} line @param {number} before @param {number} count */
function range(line, before, count) {
  /** @type {Text[]} */
  const nodes = [];
  const texts = document.createTreeWalker(line, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    if (!line.firstElementChild?.contains(texts.currentNode)) nodes.push(/** @type {Text} */ (texts.currentNode));
  }
  // A word may stand in several nodes, as `8.3 %` in a link does with the full stop behind it.
  const words = [...nodes.map(node => node.data).join('').matchAll(/[^ \n]+/g)].slice(before, before + count);
  const first = words[0], last = words[words.length - 1];
  if (!first || !last) return null;
  /** @param {number} place @returns {[Text, number]} */
  const point = place => {
    for (const node of nodes) {
      if (place <= node.length) return [node, place];
      place -= node.length;
    }
    return [nodes[nodes.length - 1], nodes[nodes.length - 1].length];
  };
  const found = new Range();
  found.setStart(...point(first.index));
  found.setEnd(...point(last.index + last[0].length));
  return found;
}

/** Marks the words that are said now, and nothing between lines.
 * @param {Element} frame @param {TextTrack} track @param {number} now */
function mark(frame, track, now) {
  const cue = /** @type {VTTCue | undefined} */ (track.activeCues?.[0]);
  const lines = [...frame.querySelectorAll('.xv-transcript li:not(:has(strong))')];
  const line = cue && lines.filter(one => at(one) <= now + 0.05).pop();
  const { before, count } = line ? saying(cue, at(line), now) : { before: 0, count: 0 };
  const found = line && range(line, before, count);
  if (found) CSS.highlights.set('xv-word', new Highlight(found));
  else CSS.highlights.delete('xv-word');
}

/** @param {HTMLElement & {frame: HTMLElement, video: HTMLVideoElement | null}} player @param {AbortSignal} signal */
export function voiced(player, signal) {
  const { video, frame } = player;
  const button = player.querySelector('.xv-sound');
  if (!video || !button) return;
  const show = () => {
    const silent = video.muted || !video.volume;
    button.textContent = silent ? 'Play with sound' : 'Turn the sound off';
  };
  button.addEventListener('click', () => {
    video.muted = !(video.muted || !video.volume);
    if (video.muted) return;
    video.volume ||= 1;
    video.play().catch(() => {});
  }, { signal });
  video.addEventListener('volumechange', show, { signal });
  show();
  const track = [...video.textTracks].find(one => one.kind === 'metadata');
  if (!track || !CSS.highlights) return;
  const follow = () => {
    if (signal.aborted) return;
    mark(frame, track, video.currentTime);
    if (!video.paused) requestAnimationFrame(follow);
  };
  const begin = () => {
    track.mode = 'hidden';
    follow();
  };
  for (const kind of ['play', 'seeked']) video.addEventListener(kind, () => (kind === 'play' || video.played.length) && begin(), { signal });
  if (!video.paused) begin();
}
