// A program of a page: the reader's answer first, then what happens; it may be changed and run again.
import { button, el } from "./dom.js";
import * as runs from "./runs.js";
import { answers } from "./stored.js";

const ASKS = /answer in writing/i;
const FULL = "This browser has no room to keep your answer; it is here as long as the page is open.";

/**
 * Brings a program to life.
 *
 * @param {HTMLElement} block
 */
export function enliven(block) {
  block.dataset.lively = "on";
  const name = `${location.pathname.split("/").filter(Boolean).at(-1)}/${block.dataset.program}`;
  const code = block.querySelector("pre > code");
  /** @type {{ text: () => string, focus: () => void } | undefined} */
  let editor;
  const text = () => editor?.text() ?? code?.textContent ?? "";
  const shown = el("div", { class: "program-ran", role: "status" });
  const run = button("Run it", () => ran(text(), shown, asked && field.value));
  const change = button("Change it", async () => {
    change.remove();
    editor = await edited(block, text(), () => ran(text(), shown, asked && field.value));
    editor.focus();
  });
  const field = el("textarea", { rows: "2", "aria-label": "Your answer, before you run it" });
  const full = el("p", { class: "lab-small", hidden: true }, FULL);
  field.value = answers.read(name)?.text ?? "";
  field.addEventListener("input", () => {
    full.hidden = answers.write(name, { text: field.value });
  });
  const asked = ASKS.test(block.previousElementSibling?.textContent ?? "");
  const command = inATerminal(block.dataset);
  if (block.dataset.starts) {
    block.append(...(asked ? answer(field, full) : []), command);
    return;
  }
  const bar = el("p", { class: "lab-bar" }, run, change);
  block.append(...(asked ? question(field, full, bar) : [bar]), shown, command);
}

/**
 * The command for a terminal; of a program that a page cannot run, the reason as well.
 *
 * @param {DOMStringMap} program
 */
function inATerminal({ command, starts }) {
  const words = starts ? `This program starts ${starts}, so it runs in a terminal` : "In a terminal";
  return el("p", { class: "lab-small" }, `${words}, in the course folder: `, el("code", {}, command ?? ""));
}

/**
 * @param {HTMLTextAreaElement} field
 * @param {HTMLElement} full
 */
function answer(field, full) {
  return [el("p", { class: "lab-title" }, "Your answer, before you run it"), field, full];
}

/**
 * The field for an answer; the buttons come once there is one, or the reader skips it.
 *
 * @param {HTMLTextAreaElement} field
 * @param {HTMLElement} full
 * @param {HTMLElement} bar
 */
function question(field, full, bar) {
  const skip = button("Skip, and run it", () => {
    reveal();
    /** @type {HTMLElement | null} */ (bar.querySelector("button"))?.click();
  });
  const first = el("p", { class: "lab-bar" }, skip);
  const reveal = () => {
    first.hidden = true;
    bar.hidden = false;
  };
  bar.hidden = !field.value.trim();
  first.hidden = !bar.hidden;
  field.addEventListener("input", () => field.value.trim() && reveal());
  return [...answer(field, full), first, bar];
}

/**
 * @param {string} text
 * @param {HTMLElement} place
 * @param {string | false} expected
 */
async function ran(text, place, expected) {
  place.replaceChildren(el("p", { class: "lab-small" }, "Running …"));
  const unheard = runs.listen((told) => {
    const words = runs.loading(told);
    if (words) place.replaceChildren(el("p", { class: "lab-small" }, words));
  });
  try {
    const told = await runs.program(text);
    place.replaceChildren(...(told ? happened(told, expected) : [el("p", {}, "Another run is under way.")]));
  } catch (error) {
    place.replaceChildren(el("p", {}, `Python could not run in this page: ${/** @type {Error} */ (error).message}`));
  } finally {
    unheard();
  }
}

/**
 * What happened, beside what was expected.
 *
 * @param {{ printed: string, error: string, line: number }} told
 * @param {string | false} expected
 */
function happened({ printed, error, line }, expected) {
  const what = el("div", {}, el("p", { class: "lab-title" }, "What happened"));
  if (printed.trim())
    what.append(el("pre", { tabindex: "0", role: "group", "aria-label": "What it printed" }, el("code", {}, printed)));
  if (error) what.append(el("p", { class: "ended" }, `${line ? `Line ${line}: ` : ""}`, el("code", {}, error)));
  if (!printed.trim() && !error) what.append(el("p", {}, "It printed nothing."));
  if (!expected) return [what];
  const mine = el(
    "div",
    {},
    el("p", { class: "lab-title" }, "What you expected"),
    el("p", { class: "program-mine" }, expected),
  );
  return [el("div", { class: "program-both" }, mine, what)];
}

/**
 * Puts an editor in the place of the block of code.
 *
 * @param {HTMLElement} block
 * @param {string} text
 * @param {() => void} onRun
 */
async function edited(block, text, onRun) {
  const { openEditor } = await import("./editor.js");
  const parent = el("div", { class: "lab-editor" });
  const id = `leave-${block.dataset.program}`;
  const leave = el(
    "p",
    { class: "lab-small", id },
    "Ctrl+Enter runs. Escape, then Tab, leaves the editor; reload the page for the program as it was.",
  );
  block.querySelector(".highlight")?.replaceWith(parent, leave);
  const nothing = () => {};
  const name = `${block.dataset.program}, to change`;
  return openEditor({ parent, text, name, describedBy: id, onChange: nothing, onFocus: nothing, onRun });
}
