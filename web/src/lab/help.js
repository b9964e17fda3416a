// Hints, one at a time, and the solution, once it has been earned.
import { ask } from "./dialog.js";
import { button, counted, el, inline } from "./dom.js";
import { ATTEMPTS_BEFORE_SOLUTION, noteHint, notePeek, progressOf } from "./progress.js";
import { unitAnswers } from "./site.js";

/** @typedef {import("./types.js").UnitData} UnitData */

/**
 * The hints that were asked for, and a button for the next one.
 *
 * @param {UnitData} unit
 */
export function hints(unit) {
  const list = el("ol", { class: "lab-hints", "aria-live": "polite" });
  const next = button("", () => {
    noteHint(unit.slug, list.children.length + 1);
    fill();
  });
  const fill = () => {
    const seen = Math.min(progressOf(unit.slug).hints_seen, unit.hints.length);
    for (const hint of unit.hints.slice(list.children.length, seen)) list.append(shownHint(hint));
    const coming = unit.hints[seen];
    next.hidden = !coming;
    next.textContent = coming ? `Hint ${seen + 1} of ${unit.hints.length}: ${coming.title}` : "";
  };
  fill();
  return { box: el("div", { class: "lab-help" }, list, next), fill };
}

/** @param {{ title: string, html: string }} hint */
function shownHint({ title, html }) {
  const body = el("div");
  body.innerHTML = html; // the site's own words, made when it was built
  return el("li", {}, el("p", { class: "lab-title" }, title), body);
}

/**
 * A button for the solution, and the place where it appears.
 *
 * @param {UnitData} unit
 * @param {() => string} text what to compare it with
 */
export function solution(unit, text) {
  const place = el("div");
  const why = el("p", { class: "lab-small" });
  const show = button("Compare with the solution", () => open());
  const fill = () => {
    const { first_solved_at: solved, attempts } = progressOf(unit.slug);
    show.hidden = !solved && attempts < ATTEMPTS_BEFORE_SOLUTION;
    show.textContent = solved ? "See how others did it" : "Compare with the solution";
    const left = ATTEMPTS_BEFORE_SOLUTION - attempts;
    why.textContent = show.hidden
      ? `The solution is shown once every promise is kept, or after ${counted(left, "more attempt")} with a changed file.`
      : "";
  };
  async function open() {
    const solved = progressOf(unit.slug).first_solved_at;
    if (!solved && !(await ask(WARNING))) return;
    try {
      const [{ difference }, answers] = await Promise.all([import("./difference.js"), unitAnswers(unit.slug)]);
      notePeek(unit.slug);
      const note = el("p", {}, "One right answer among several; yours may be another.");
      const [reference, ...others] = answers.map(({ words, text: answer }) => {
        const compared = difference(text(), answer, ["your text", words ? "theirs" : "the solution"]);
        return words ? el("details", { class: "lab-more" }, el("summary", {}, inline(words)), compared) : compared;
      });
      const more = others.length ? el("p", { class: "lab-title" }, "Other right answers") : undefined;
      place.replaceChildren(note, ...[reference, more, ...others].filter((part) => part !== undefined));
    } catch {
      place.replaceChildren(
        el("p", {}, `There is no solution to show here: this edition has none, or you are offline.`),
      );
    }
  }
  fill();
  return { box: el("div", { class: "lab-help" }, why, show, place), fill };
}

const WARNING = {
  title: "See the solution before you have your own?",
  words: [
    "Whoever has read an answer cannot find it any more.",
    "A hint, or the timeline of the broken promise drawn on paper, may be enough.",
    "Your progress will say that you have seen it.",
  ],
  yes: "Show the solution",
  no: "Go on alone",
};
