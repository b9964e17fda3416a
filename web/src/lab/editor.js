// The editor. Fetched when a lab comes near the window; nothing else here knows how it is made.
import { defaultKeymap, history, historyKeymap, indentWithTab } from "@codemirror/commands";
import { pythonLanguage } from "@codemirror/lang-python";
import { bracketMatching, HighlightStyle, indentOnInput, indentUnit, syntaxHighlighting } from "@codemirror/language";
import { EditorState, RangeSetBuilder } from "@codemirror/state";
import {
  Decoration,
  drawSelection,
  EditorView,
  highlightActiveLine,
  highlightActiveLineGutter,
  highlightSpecialChars,
  keymap,
  lineNumbers,
  ViewPlugin,
} from "@codemirror/view";
import { tags } from "@lezer/highlight";

/** @param {string} name */
const colour = (name) => ({ color: `var(--md-code-hl-${name}-color)` });

// The colours of the site's own blocks of code, so both palettes and a switch between them need nothing here.
const COLOURS = HighlightStyle.define([
  { tag: [tags.keyword, tags.operatorKeyword, tags.modifier, tags.self], ...colour("keyword") },
  { tag: [tags.string, tags.special(tags.string)], ...colour("string") },
  { tag: [tags.number, tags.bool, tags.null], ...colour("number") },
  { tag: tags.comment, ...colour("comment") },
  { tag: [tags.function(tags.variableName), tags.definition(tags.className), tags.className], ...colour("function") },
  { tag: [tags.function(tags.definition(tags.variableName)), tags.meta], ...colour("function") },
  { tag: tags.operator, ...colour("operator") },
]);

const LOOKS = EditorView.theme({
  "&": { color: "var(--md-code-fg-color)", backgroundColor: "var(--md-code-bg-color)", fontSize: "0.65rem" },
  "&.cm-focused": { outline: "2px solid var(--halfway-accent)", outlineOffset: "-2px" },
  ".cm-scroller": { fontFamily: "var(--md-code-font)", lineHeight: "1.6", maxHeight: "min(38rem, 75vh)" },
  ".cm-content": { padding: "0.6rem 0", caretColor: "var(--halfway-ink)" },
  ".cm-gutters": { color: "var(--halfway-soft)", backgroundColor: "var(--md-code-bg-color)", border: "none" },
  ".cm-activeLine, .cm-activeLineGutter": { backgroundColor: "var(--halfway-tint)" },
  ".cm-cursor": { borderLeftColor: "var(--halfway-ink)" },
  ".cm-selectionBackground, &.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground": {
    background: "color-mix(in srgb, var(--halfway-accent) 26%, transparent)",
  },
  "&.cm-focused .cm-matchingBracket": { backgroundColor: "transparent", outline: "1px solid var(--halfway-soft)" },
});

// A line that is wrapped goes on below its own words, not below its indent.
const HANGING = ViewPlugin.define(
  (view) => ({
    marks: hanging(view),
    update(update) {
      if (update.docChanged || update.viewportChanged) this.marks = hanging(update.view);
    },
  }),
  { decorations: (plugin) => plugin.marks },
);

/** @param {EditorView} view */
function hanging(view) {
  /** @type {RangeSetBuilder<Decoration>} */
  const marks = new RangeSetBuilder();
  for (const { from, to } of view.visibleRanges) {
    for (let at = from; at <= to;) {
      const line = view.state.doc.lineAt(at);
      const indent = /^ */.exec(line.text)?.[0].length ?? 0;
      const style = `text-indent: -${indent}ch; padding-left: calc(${indent}ch + 6px)`;
      if (indent) marks.add(line.from, line.from, Decoration.line({ attributes: { style } }));
      at = line.to + 1;
    }
  }
  return marks.finish();
}

/** What a stub says where something is to be written. */
const TO_WRITE = /^[ \t]*raise NotImplementedError.*$/m;
/** How much of what stands above it is shown, in pixels. */
const ABOVE_PX = 130;

/**
 * An editor inside `parent`.
 *
 * @param {object} given
 * @param {HTMLElement} given.parent
 * @param {string} given.text
 * @param {string} given.name what a screen reader calls it
 * @param {string} given.describedBy the id of the line that says how to leave it
 * @param {(text: string) => void} given.onChange
 * @param {() => void} given.onFocus
 * @param {() => void} given.onRun
 */
export function openEditor({ parent, text, name, describedBy, onChange, onFocus, onRun }) {
  const runs = () => {
    onRun();
    return true;
  };
  const view = new EditorView({
    parent,
    state: EditorState.create({
      doc: text,
      extensions: [
        keymap.of([{ key: "Mod-Enter", preventDefault: true, run: runs }]),
        lineNumbers(),
        highlightActiveLineGutter(),
        highlightActiveLine(),
        highlightSpecialChars(),
        history(),
        drawSelection(),
        indentOnInput(),
        bracketMatching(),
        indentUnit.of("    "),
        EditorState.tabSize.of(4),
        pythonLanguage,
        EditorView.lineWrapping,
        HANGING,
        syntaxHighlighting(COLOURS),
        LOOKS,
        keymap.of([...defaultKeymap, ...historyKeymap, indentWithTab]),
        EditorView.contentAttributes.of({ "aria-label": name, "aria-describedby": describedBy, tabindex: "0" }),
        EditorView.updateListener.of((update) => update.docChanged && onChange(update.state.doc.toString())),
        EditorView.domEventHandlers({ focus: () => onFocus() }),
      ],
    }),
  });
  return {
    text: () => view.state.doc.toString(),
    /**
     * Puts a whole text in; undo brings the one before back.
     *
     * @param {string} other
     */
    setText(other) {
      view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: other } });
    },
    /**
     * Goes to a line, counted from 1.
     *
     * @param {number} number
     */
    goTo(number) {
      const line = view.state.doc.line(Math.min(Math.max(number, 1), view.state.doc.lines));
      view.dispatch({
        selection: { anchor: line.from },
        effects: EditorView.scrollIntoView(line.from, { y: "center" }),
      });
      view.focus();
    },
    /** Scrolls its own text, not the page, to the first place to write, and puts the cursor there. */
    showFirstToWrite() {
      const found = TO_WRITE.exec(view.state.doc.toString());
      if (!found) return;
      const from = found.index + found[0].search(/\S/);
      view.dispatch({ selection: { anchor: from, head: found.index + found[0].length } });
      // The height of wrapped lines is an estimate until they have been near the window: so it looks again.
      const show = (/** @type {number} */ times) =>
        view.requestMeasure({
          read: () => view.lineBlockAt(from).top,
          write: (top) => {
            view.scrollDOM.scrollTop = Math.max(0, top - ABOVE_PX);
            if (times > 1) requestAnimationFrame(() => show(times - 1));
          },
        });
      show(3);
    },
    focus: () => view.focus(),
    close: () => view.destroy(),
  };
}
