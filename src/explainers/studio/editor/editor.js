// The editor pane: CodeMirror 6 for YAML, with the reader's problems and completion from the schema.
import { autocompletion, closeBrackets, closeBracketsKeymap, completionKeymap } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap, indentWithTab } from "@codemirror/commands";
import { yaml } from "@codemirror/lang-yaml";
import { HighlightStyle, bracketMatching, foldGutter, foldKeymap, indentUnit, syntaxHighlighting } from "@codemirror/language";
import { lintGutter, lintKeymap, setDiagnostics } from "@codemirror/lint";
import { highlightSelectionMatches, openSearchPanel, searchKeymap } from "@codemirror/search";
import { EditorState, StateEffect, StateField } from "@codemirror/state";
import { Decoration, EditorView, drawSelection, highlightActiveLine, highlightActiveLineGutter, keymap, lineNumbers } from "@codemirror/view";
import { tags } from "@lezer/highlight";
import { completions } from "./completion.js";

// Colours are the page's own variables, so that light and dark need no second editor.
const theme = EditorView.theme({
  "&": { height: "100%", fontSize: "13px", backgroundColor: "transparent", color: "var(--text)" },
  ".cm-scroller": { fontFamily: "var(--mono)", lineHeight: "1.55" },
  ".cm-content": { caretColor: "var(--accent)", padding: "10px 0" },
  ".cm-cursor": { borderLeftColor: "var(--accent)", borderLeftWidth: "2px" },
  "&.cm-focused": { outline: "none" },
  "&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground": { backgroundColor: "var(--select)" },
  ".cm-gutters": { backgroundColor: "transparent", color: "var(--faint)", border: "none" },
  ".cm-lineNumbers .cm-gutterElement": { padding: "0 6px 0 10px", minWidth: "34px" },
  ".cm-activeLine": { backgroundColor: "var(--hover)" },
  ".cm-activeLineGutter": { backgroundColor: "transparent", color: "var(--text)" },
  ".cm-flash": { backgroundColor: "var(--select)" },
  ".cm-tooltip": { backgroundColor: "var(--raised)", color: "var(--text)", border: "1px solid var(--line)", borderRadius: "8px", boxShadow: "var(--shadow)", overflow: "hidden" },
  ".cm-tooltip.cm-tooltip-autocomplete > ul": { fontFamily: "var(--mono)", maxHeight: "16em" },
  ".cm-tooltip.cm-tooltip-autocomplete > ul > li": { padding: "4px 10px" },
  ".cm-tooltip-autocomplete ul li[aria-selected]": { backgroundColor: "var(--accent)", color: "var(--on-accent)" },
  ".cm-completionDetail": { color: "inherit", opacity: "0.65", fontStyle: "normal", marginLeft: "10px" },
  ".cm-completionInfo": { maxWidth: "320px", padding: "8px 10px", fontFamily: "var(--sans)" },
  ".cm-diagnostic": { padding: "8px 12px", whiteSpace: "pre-wrap", fontFamily: "var(--sans)", fontSize: "12.5px", maxWidth: "520px" },
  ".cm-diagnostic-error": { borderLeft: "4px solid var(--error)" },
  ".cm-diagnostic-warning": { borderLeft: "4px solid var(--warning)" },
  ".cm-panels": { backgroundColor: "var(--raised)", color: "var(--text)" },
  ".cm-panels.cm-panels-bottom": { borderTop: "1px solid var(--line)" },
  ".cm-textfield": { backgroundColor: "var(--field)", border: "1px solid var(--line)", borderRadius: "6px", color: "var(--text)" },
  ".cm-button": { backgroundImage: "none", backgroundColor: "var(--field)", border: "1px solid var(--line)", borderRadius: "6px", color: "var(--text)" },
  ".cm-foldPlaceholder": { backgroundColor: "var(--field)", border: "none", color: "var(--muted)", padding: "0 6px" },
});

const colors = HighlightStyle.define([
  { tag: [tags.definition(tags.propertyName), tags.propertyName], color: "var(--code-key)" },
  { tag: [tags.string, tags.attributeValue, tags.content], color: "var(--code-text)" },
  { tag: tags.comment, color: "var(--faint)", fontStyle: "italic" },
  { tag: [tags.punctuation, tags.separator, tags.squareBracket, tags.brace], color: "var(--muted)" },
  { tag: [tags.meta, tags.labelName, tags.typeName, tags.keyword], color: "var(--code-mark)" },
]);

const flash = StateEffect.define();
const flashed = StateField.define({
  create: () => Decoration.none,
  update(marks, change) {
    for (const effect of change.effects)
      if (effect.is(flash))
        return effect.value === null ? Decoration.none : Decoration.set(Decoration.line({ class: "cm-flash" }).range(effect.value));
    return marks.map(change.changes);
  },
  provide: (field) => EditorView.decorations.from(field),
});

/** An editor in `parent`. `changed` hears of edits by hand, `save` of Ctrl-S, `moved` of the caret's line. */
export function createEditor({ parent, changed, save, moved }) {
  let schema = null;
  let quiet = false;
  const extensions = [
    lineNumbers(), foldGutter({ openText: "⌄", closedText: "›" }), highlightActiveLineGutter(), history(), drawSelection(),
    bracketMatching(), closeBrackets(), highlightActiveLine(), highlightSelectionMatches(), lintGutter(),
    indentUnit.of("  "), EditorState.tabSize.of(2), EditorView.lineWrapping, flashed, theme, syntaxHighlighting(colors), yaml(),
    autocompletion({ override: [(context) => (schema ? completions(context, schema) : null)], icons: false }),
    keymap.of([
      { key: "Mod-s", run: () => (save(), true), preventDefault: true },
      ...closeBracketsKeymap, ...defaultKeymap, ...searchKeymap, ...historyKeymap, ...foldKeymap, ...completionKeymap, ...lintKeymap, indentWithTab,
    ]),
    EditorView.contentAttributes.of({ "aria-label": "Storyboard text", spellcheck: "false" }),
    EditorView.updateListener.of((update) => {
      if (update.docChanged && !quiet) changed(update.state.doc.toString());
      if (update.selectionSet && !update.docChanged) moved(update.state.doc.lineAt(update.state.selection.main.head).number);
    }),
  ];
  const view = new EditorView({ parent, state: EditorState.create({ doc: "", extensions }) });

  const silently = (work) => { quiet = true; try { work(); } finally { quiet = false; } };

  return {
    view,
    text: () => view.state.doc.toString(),
    setSchema: (found) => { schema = found; },
    /** Another file: nothing of the one before is kept. */
    open: (text) => silently(() => view.setState(EditorState.create({ doc: text, extensions }))),
    /** The same file, changed elsewhere: only what differs is replaced, so that the caret and undo stay. */
    refresh(text) {
      const before = view.state.doc.toString();
      let start = 0, end = 0;
      const most = Math.min(before.length, text.length);
      while (start < most && before[start] === text[start]) start++;
      while (end < most - start && before[before.length - 1 - end] === text[text.length - 1 - end]) end++;
      if (start + end < Math.max(before.length, text.length))
        silently(() => view.dispatch({ changes: { from: start, to: before.length - end, insert: text.slice(start, text.length - end) } }));
    },
    insert(text) {
      const at = view.state.doc.length;
      view.dispatch({ changes: { from: at, insert: text }, selection: { anchor: at + text.length }, scrollIntoView: true });
      view.focus();
    },
    goTo(line, column = 1, focus = true) {
      const at = view.state.doc.line(Math.max(1, Math.min(line, view.state.doc.lines)));
      const anchor = Math.min(at.to, at.from + Math.max(0, column - 1));
      silently(() => view.dispatch({ selection: { anchor }, effects: [EditorView.scrollIntoView(anchor, { y: "center" }), flash.of(at.from)] }));
      setTimeout(() => view.dispatch({ effects: flash.of(null) }), 1200);
      if (focus) view.focus();
    },
    problems(problems) {
      const doc = view.state.doc;
      const found = problems.filter((one) => one.line && one.line <= doc.lines).map((one) => {
        const line = doc.line(one.line);
        const from = Math.min(line.to, line.from + one.column - 1);
        const fix = one.did_you_mean;
        const to = Math.max(from, Math.min(line.to, from + one.length));
        const message = one.message + (one.expected ? `\nexpected ${one.expected}` : "") + (fix ? `\ndid you mean “${fix}”?` : "");
        const actions = fix && to > from && !doc.sliceString(from, to).includes(" ")
          ? [{ name: `Use “${fix}”`, apply: (target, start, end) => target.dispatch({ changes: { from: start, to: end, insert: fix } }) }] : [];
        return { from, to, severity: one.severity || "error", message, source: one.code, actions };
      });
      view.dispatch(setDiagnostics(view.state, found));
    },
    search: () => openSearchPanel(view),
    focus: () => view.focus(),
  };
}
