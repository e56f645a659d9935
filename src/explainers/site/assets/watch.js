// What a watch page adds to the player: copying, and numbers that lead to their moment.

/** Put text on the clipboard, also where a page without https has no clipboard of its own. @param {string} text */
async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    const field = Object.assign(document.createElement('textarea'), { value: text });
    document.body.append(field);
    field.select();
    document.execCommand('copy');
    field.remove();
  }
}

/** The page's address at the second that is shown. */
function moment() {
  const known = /** @type {HTMLLinkElement | null} */ (document.querySelector('link[rel="canonical"]'));
  const address = new URL(known ? known.href : location.href.split(/[?#]/)[0]);
  const video = document.querySelector('explainer-video video');
  const now = Math.floor(/** @type {HTMLVideoElement | null} */ (video)?.currentTime || 0);
  if (now) address.searchParams.set('t', String(now));
  return address.href;
}

const note = document.querySelector('.share [role="status"]');
for (const each of document.querySelectorAll('button[data-copy]')) {
  const button = /** @type {HTMLButtonElement} */ (each);
  button.hidden = false;
  button.addEventListener('click', async () => {
    const text = button.dataset.copy === 'moment' ? moment() : button.parentElement?.querySelector('code')?.textContent || '';
    await copy(text);
    if (note) note.textContent = button.dataset.copy === 'moment' ? `Copied: ${text}` : 'Copied.';
  });
}

document.addEventListener('click', event => {
  const link = event.target instanceof Element && event.target.closest('tbody a[data-t]');
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  const player = /** @type {(HTMLElement & {seek?: (moment: number, play: boolean) => void}) | null} */ (
    document.querySelector('explainer-video')
  );
  player?.seek?.(Number(/** @type {HTMLElement} */ (link).dataset.t), true);
});

export {};
