// Asks before something is done that a reader may not want.
import { el } from "./dom.js";

/**
 * Shows a question over the page; true if the reader says yes. Escape says no.
 *
 * @param {{ title: string, words: (string | Node)[], yes: string, no: string }} question
 * @returns {Promise<boolean>}
 */
export function ask({ title, words, yes, no }) {
  const name = `lab-question-${Date.now()}`;
  const answer = (/** @type {string} */ value, /** @type {string} */ text) =>
    el("button", { class: "lab-button", value, "data-answer": value }, text);
  const form = el("form", { method: "dialog" }, el("h2", { id: name }, title));
  form.append(...words.map((part) => (typeof part === "string" ? el("p", {}, part) : part)));
  form.append(el("p", { class: "lab-bar" }, answer("yes", yes), answer("no", no)));
  const box = el("dialog", { class: "lab-dialog md-typeset", "aria-labelledby": name }, form);
  document.body.append(box);
  box.showModal();
  return new Promise((resolve) => {
    box.addEventListener("close", () => {
      box.remove();
      resolve(box.returnValue === "yes");
    });
  });
}
