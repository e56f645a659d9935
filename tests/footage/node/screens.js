// What a terminal shows: reads JSON {cases: [{columns, rows, steps: [text | [columns, rows]]}]} from stdin and
// writes a screen for each case: its rows of cells [text, foreground, background, styles], and its cursor.
const { readFileSync } = require('fs');
const { Terminal } = require('@xterm/headless');
const { Unicode11Addon } = require('@xterm/addon-unicode11');

const STYLES = { b: 'isBold', d: 'isDim', i: 'isItalic', u: 'isUnderline', r: 'isInverse', s: 'isStrikethrough' };

function color(cell, which) {
  const number = cell[`get${which}Color`]();
  if (cell[`is${which}Default`]()) return 'default';
  return cell[`is${which}RGB`]() ? '#' + number.toString(16).padStart(6, '0') : String(number);
}

function line(buffer, y, columns) {
  const found = buffer.getLine(buffer.viewportY + y);
  return Array.from({ length: columns }, (_, x) => {
    const cell = found.getCell(x);
    const text = cell.getWidth() === 0 ? '' : cell.isInvisible() ? ' ' : cell.getChars() || ' ';
    const styles = Object.keys(STYLES).filter((letter) => cell[STYLES[letter]]()).join('');
    return [text, color(cell, 'Fg'), color(cell, 'Bg'), styles];
  });
}

function shown({ columns, rows, steps }) {
  // Such a `windowsPty` is what turns off that lines are wrapped anew when the width changes.
  const plain = { scrollback: 0, windowsPty: { backend: 'winpty', buildNumber: 1 } };
  const terminal = new Terminal({ cols: columns, rows, allowProposedApi: true, ...plain });
  terminal.loadAddon(new Unicode11Addon());
  terminal.unicode.activeVersion = '11';
  for (const step of steps) {
    if (Array.isArray(step)) terminal.resize(...step);
    else terminal._core.writeSync(step);
  }
  const buffer = terminal.buffer.active;
  const cells = Array.from({ length: terminal.rows }, (_, y) => line(buffer, y, terminal.cols));
  const hidden = terminal._core.coreService.isCursorHidden;
  return { cells, cursor: hidden ? null : [Math.min(buffer.cursorX, terminal.cols - 1), buffer.cursorY] };
}

process.stdout.write(JSON.stringify(JSON.parse(readFileSync(0, 'utf8')).cases.map(shown)));
