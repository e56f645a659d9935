// Where a position stands in YAML that may not be finished: by indentation, and by brackets on its line.

const KEY = /^(\s*)((?:- +)*)("[^"]*"|'[^']*'|[^\s#'"{}[\],&*!|>%@`-][^:#]*?|)\s*(?::(?:\s+(.*))?)?$/;

/** Steps from the root to the mapping at `pos`; `value` is the key whose value is being written, if one is.
 *  A step has its key (null for an entry of a list) and the plain pairs written in its mapping. */
export function parsed(doc, pos) {
  const at = doc.lineAt(pos);
  const lines = [];
  for (let number = 1; number <= doc.lines; number++) lines.push(doc.line(number).text);
  const here = at.text.slice(0, pos - at.from);
  const own = /^(\s*)((?:- +)*)/.exec(here);
  let indent = own[0].length;
  const steps = [];
  const row = at.number - 1;
  const bare = here.slice(own[0].length);
  const flow = opened(bare);
  let value = null, has = pairs(lines, row, indent);
  if (flow) value = flow.value;
  else { const found = /^([\w.-]+):\s+\S*$/.exec(bare); if (found) value = found[1]; }
  let list = own[2] ? (own[2].match(/-/g) || []).length : 0;
  steps.unshift({ name: undefined, data: has });
  let dash = list ? own[1].length : null;
  if (!list) dash = dashOf(lines, row, indent);
  if (dash !== null) { steps[0].name = null; indent = dash; steps.unshift({ name: undefined, data: new Map() }); }
  for (let number = row - 1; number >= 0; number--) {
    const text = lines[number];
    if (!text.trim() || text.trim().startsWith("#")) continue;
    const found = KEY.exec(text);
    if (!found) continue;
    const start = found[1].length + found[2].length;
    const owner = steps[0].name === undefined ? steps[0] : null;
    const deeper = dash !== null ? start <= indent && found[3] && text.includes(":") && !(start === indent && found[2]) : start < indent;
    if (!owner || !deeper || !found[3] || !text.includes(":")) continue;
    if (dash !== null && found[2] && found[1].length >= indent) continue;
    owner.name = found[3].replace(/^["']|["']$/g, "");
    steps.unshift({ name: undefined, data: pairs(lines, number, start) });
    indent = start;
    dash = found[2] ? found[1].length : dashOf(lines, number, start);
    if (dash !== null) { steps[0].name = null; indent = dash; steps.unshift({ name: undefined, data: new Map() }); }
  }
  steps[0].name = undefined;
  // `- {` opens the entry that its dash began.
  if (flow?.steps[0].name === null) steps.pop();
  if (flow) steps.push(...flow.steps);
  return { steps, value, has: steps[steps.length - 1].data };
}

/** The column of the dash that begins the entry in which a line at `indent` stands; null where none does. */
function dashOf(lines, row, indent) {
  for (let number = row - 1; number >= 0 && indent > 0; number--) {
    const text = lines[number];
    if (!text.trim() || text.trim().startsWith("#")) continue;
    const found = /^(\s*)((?:- +)*)/.exec(text);
    const start = found[0].length;
    if (found[2] && start === indent) return found[1].length;
    if (start < indent) return null;
  }
  return null;
}

/** The plain pairs of the block mapping around a line whose keys stand at `indent`. */
function pairs(lines, row, indent) {
  const data = new Map();
  const take = (number) => {
    const found = /^(\s*(?:- +)*)("[^"]*"|'[^']*'|[\w.-]+)\s*:(?:\s+(.*?))?\s*$/.exec(lines[number]);
    if (found && found[1].length === indent) data.set(found[2].replace(/["']/g, ""), (found[3] || "").replace(/^["']|["']$/g, ""));
  };
  const starts = (number) => /^\s*-/.test(lines[number]) && /^(\s*(?:- +)*)/.exec(lines[number])[0].length === indent;
  const outside = (number) => { const text = lines[number]; return text.trim() && !text.trim().startsWith("#") && /^\s*/.exec(text)[0].length < indent && !starts(number); };
  let first = row;
  while (first > 0 && !starts(first) && !outside(first - 1)) first--;
  for (let number = first; number < lines.length; number++) {
    if (number > first && number !== row && (outside(number) || starts(number))) { if (number > row) break; continue; }
    if (number !== row) take(number);
  }
  return data;
}

/** The flow mappings and lists that are open at the end of a line's text, with what is written in them. */
function opened(text) {
  const open = [];
  let key = /^([\w.-]+):/.exec(text)?.[1] ?? null;
  let word = "";
  let pending = key;
  for (let index = key ? key.length + 1 : 0; index < text.length; index++) {
    const character = text[index];
    if (character === '"' || character === "'") {
      const end = text.indexOf(character, index + 1);
      if (end < 0) return null;
      word += text.slice(index + 1, end); index = end; continue;
    }
    if (character === "{" || character === "[") { open.push({ name: pending, list: character === "[", data: new Map() }); pending = character === "[" ? null : undefined; word = ""; }
    else if (character === "}" || character === "]") { open.pop(); pending = undefined; word = ""; }
    else if (character === ":" && open.length && !open.at(-1).list) { pending = word.trim(); word = ""; }
    else if (character === "," && open.length) { const top = open.at(-1); if (!top.list && pending) top.data.set(pending, word.trim()); pending = top.list ? null : undefined; word = ""; }
    else word += character;
  }
  if (!open.length) return null;
  const steps = [];
  for (const one of open) { steps.push({ name: one.name ?? null, data: one.data }); }
  const top = open.at(-1);
  if (top.list) steps.push({ name: null, data: new Map() });
  return { steps, value: !top.list && pending ? pending : null };
}
