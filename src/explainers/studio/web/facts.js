// @ts-check
// The facts panel: every number with its row, its expression and its source; tables whose cells can be changed.
import { send } from "./api.js";
import { h, put, the } from "./dom.js";
import { model, on, tell } from "./model.js";

/** @type {string | null} */ let chosen = null;

export function begin() {
  on("state", draw);
}

function draw() {
  const { facts, tables } = model.state || { facts: [], tables: [] };
  const panel = the("panel-facts");
  const top = panel.scrollTop;
  const typing = document.activeElement?.closest?.("#panel-facts td");
  const kept = typing ? [typing.dataset.table, typing.dataset.row, typing.dataset.column] : null;
  put(panel, 
    h("p", { class: "lead" }, "Every number on screen is computed from a table with a source. Change a cell to see the picture change; the rest of the file stays as it is."),
    h("div", { class: "facts" }, facts.map(card)),
    ...tables.map(table));
  panel.scrollTop = top;
  if (kept) panel.querySelector(`td[data-table="${kept[0]}"][data-row="${kept[1]}"][data-column="${kept[2]}"] input`)?.focus();
}

/** @param {any} fact */
function card(fact) {
  const where = Object.entries(fact.where).map(([name, value]) => `${name} = ${value}`).join(", ");
  return h("article", { class: `fact ${chosen === fact.name ? "chosen" : ""} ${fact.used ? "" : "unused"}`, "data-fact": fact.name },
    h("div", { class: "value" }, h("b", {}, fact.text), fact.unit && h("span", {}, fact.unit)),
    h("div", { class: "about" },
      h("div", {}, h("button", { class: "link name", title: "To its line", onclick: () => tell("go-to", { line: fact.line }) }, fact.name), !fact.used && h("span", { class: "tag" }, "not shown")),
      h("code", {}, fact.expression),
      fact.table && h("button", { class: "link", onclick: () => { chosen = fact.name; draw(); the("panel-facts").querySelector(`#table-${CSS.escape(fact.table)} tr.used`)?.scrollIntoView({ block: "center" }); } }, `${fact.table}${where ? `: ${where}` : ""}`),
      h("div", { class: "sources" }, fact.sources.map((one) => h("span", {}, h("span", { class: "tag" }, one.kind), one.url ? h("a", { href: one.url, target: "_blank", rel: "noreferrer", title: one.citation }, one.label) : h("span", { title: one.citation }, one.label))))));
}

/** @param {any} one */
function table(one) {
  const fact = model.state.facts.find((other) => other.name === chosen && other.table === one.name);
  return h("section", { class: "table", id: `table-${one.name}` },
    h("h3", {}, one.name, h("span", {}, one.file), h("span", { class: "tag" }, one.source.kind)),
    h("div", { class: "wide" }, h("table", {},
      h("thead", {}, h("tr", {}, one.columns.map((column) => h("th", { scope: "col" }, column, one.units[column] && h("span", {}, one.units[column]))))),
      h("tbody", {}, one.rows.map((row, number) => h("tr", { class: fact?.rows.includes(number) ? "used" : "" }, row.map((value, column) => cell(one, row, number, column, value))))))),
    one.more ? h("p", { class: "lead" }, `and ${one.more} more rows`) : null);
}

function cell(one, row, number, column, value) {
  const facts = { "data-table": one.name, "data-row": number, "data-column": column, class: /^-?[\d.]/.test(value) ? "number" : "" };
  if (!one.editable) return h("td", facts, value);
  const input = h("input", { value, size: Math.max(3, Math.min(24, value.length)), "aria-label": `${one.columns[column]} of ${row[0]} in ${one.name}`, spellcheck: "false",
    onkeydown: (event) => {
      event.stopPropagation();
      if (event.key === "Enter") input.blur();
      if (event.key === "Escape") { input.value = value; input.blur(); }
    },
    onchange: async () => {
      try {
        await send("PUT", "cell", { table: one.name, row: number, column, value: input.value, before: value });
        input.classList.add("written");
      } catch (error) {
        input.value = value;
        tell("say", { text: `Not changed: ${error.message}`, bad: true });
      }
    } });
  return h("td", facts, input);
}
