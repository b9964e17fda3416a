// What a learner works from, beside the editor: the parts of the brief, and the examples that can be run.
import { button, el } from "./dom.js";
import { Results } from "./results.js";
import * as runs from "./runs.js";

/** @typedef {import("./types.js").UnitData} UnitData */

/**
 * The situation, what to change, and when it is done.
 *
 * @param {UnitData} unit
 */
export function task(unit) {
  const parts = unit.task.map(({ title, html }) => {
    const words = el("div");
    words.innerHTML = html; // the site's own words, made when it was built
    return el("details", { class: "lab-part", open: true }, el("summary", {}, title), words);
  });
  return el("section", { class: "lab-task", "aria-label": "The task" }, ...parts);
}

/** The examples of a unit: to read, where the page shows them, and to run. */
export class Examples {
  /**
   * @param {UnitData} unit
   * @param {{ text: () => string, goTo: (line: number) => void, changed: () => void }} ways
   */
  constructor(unit, { text, goTo, changed }) {
    this.box = el("div", { class: "lab-examples" });
    this.run = button("Run the examples", () => runs.run(unit.slug, text(), "examples"));
    this.results = new Results(unit, this.box, { goTo, changed }, "examples");
    const shown = document.querySelector(`.examples[data-unit="${unit.slug}"]`);
    if (shown) this.box.append(shown);
    this.box.append(el("p", { class: "lab-bar" }, this.run), this.results.box);
  }

  /** @param {boolean} busy */
  show(busy) {
    this.run.disabled = busy;
  }

  close() {
    this.results.close();
  }
}
