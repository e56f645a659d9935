// Completion from a JSON Schema: where in the YAML the caret stands, and what may be written there.
import { parsed } from "./outline.js";

/** Completions at the caret: keys of the mapping it stands in, or words of the value after a key. */
export function completions(context, schema) {
  const line = context.state.doc.lineAt(context.pos);
  const before = line.text.slice(0, context.pos - line.from);
  if (/^\s*#/.test(before)) return null;
  const word = /[\w.-]*$/.exec(before)[0];
  if (!word && !context.explicit && !/[:\-{,\s]\s$|^\s*$/.test(before)) return null;
  const place = parsed(context.state.doc, context.pos);
  const nodes = reached(schema, place);
  const options = place.value ? values(schema, nodes) : keys(schema, nodes, place);
  if (!options.length || (!word && !context.explicit && !place.value)) return null;
  return { from: context.pos - word.length, options, validFor: /^[\w.-]*$/ };
}

function keys(schema, nodes, place) {
  const found = new Map();
  for (const node of nodes)
    for (const [name, inner] of Object.entries(node.properties || {})) {
      if (place.has.has(name) || found.has(name)) continue;
      const needed = (node.required || []).includes(name);
      const description = inner.description || resolved(schema, inner).description || "";
      found.set(name, {
        label: name, apply: `${name}: `, type: "property", detail: needed ? "needed" : "",
        info: description.split("\n\n")[0], boost: needed ? 2 : 0,
      });
    }
  return [...found.values()];
}

function values(schema, nodes) {
  const found = new Map();
  for (const node of nodes) {
    for (const value of node.enum || []) found.set(String(value), { label: String(value), type: "enum" });
    if (node.const !== undefined) found.set(String(node.const), { label: String(node.const), type: "enum" });
    if (node.type === "boolean") for (const value of ["true", "false"]) found.set(value, { label: value, type: "enum" });
  }
  return [...found.values()];
}

function resolved(schema, node) {
  for (let depth = 0; node && node.$ref && depth < 20; depth++) node = schema.definitions[node.$ref.split("/").pop()];
  return node || {};
}

/** A node with every alternative that may hold: references followed, conditions judged by the `kind` written. */
function opened(schema, node, data, found = [], depth = 0) {
  node = resolved(schema, node);
  if (depth > 12) return found;
  found.push(node);
  for (const one of [...(node.allOf || []), ...(node.anyOf || []), ...(node.oneOf || [])]) {
    if (!one.if) { opened(schema, one, data, found, depth + 1); continue; }
    const wanted = Object.entries(one.if.properties || {}).every(([name, rule]) => data.get(name) === rule.const);
    if (wanted && one.then) opened(schema, one.then, data, found, depth + 1);
  }
  return found;
}

function reached(schema, place) {
  let nodes = opened(schema, schema, place.steps[0]?.data || new Map());
  for (const step of place.steps.slice(1).concat(place.value ? [{ name: place.value, data: new Map() }] : [])) {
    const next = [];
    for (const node of nodes) {
      const named = node.properties?.[step.name] ?? [node.additionalProperties, ...Object.values(node.patternProperties || {})];
      for (const one of [step.name === null ? node.items : named].flat()) if (one && typeof one === "object") opened(schema, one, step.data, next);
    }
    nodes = next;
  }
  return nodes;
}
