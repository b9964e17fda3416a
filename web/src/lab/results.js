// What is shown of a run: how far it is, the promises as they come, and what they come to.
import { el } from "./dom.js";
import * as runs from "./runs.js";
import { base } from "./site.js";
import { foreword, Promises, solved, summary } from "./verdict.js";

/** @typedef {import("./types.js").UnitData} UnitData */
/** @typedef {import("./runs.js").Told} Told */

const MEGABYTE = 1_000_000;

/** The results of one unit. `section.dataset.state` says where it stands. */
export class Results {
  /**
   * @param {UnitData} unit
   * @param {HTMLElement} section
   * @param {import("./verdict.js").Ways & { changed: () => void }} ways
   * @param {import("./types.js").Suite} [suite]
   */
  constructor(unit, section, ways, suite = "hidden") {
    this.unit = unit;
    this.suite = suite;
    this.section = section;
    this.ways = ways;
    this.changed = ways.changed;
    this.status = el("p", { class: "lab-status", role: "status" });
    this.bar = el("progress", { max: "1", "aria-label": "Fetching Python", hidden: true });
    this.loaded = el("p", { class: "lab-small", hidden: true });
    this.stale = el("p", { class: "lab-small lab-stale", hidden: true }, "The text has changed since this run.");
    this.place = el("div");
    /** Where help stands: below what is broken, above what is kept. */
    this.help = el("div");
    this.box = el(
      "div",
      { class: "lab-results" },
      this.status,
      this.bar,
      this.loaded,
      this.stale,
      this.place,
      this.help,
    );
    this._restore();
    this._stop = runs.listen((told) => this._hear(told));
  }

  close() {
    this._stop();
  }

  /** @param {string} text what the editor holds now */
  compare(text) {
    const last = runs.lastVerdict(this.unit.slug, this.suite);
    this.stale.hidden = runs.running() !== undefined || !last || last.text === text;
  }

  /** An empty list of what is checked, to be filled. */
  _list() {
    const known = this.suite === "hidden" ? this.unit.promises : this.unit.examples;
    return new Promises(this.unit.slug, known, this.ways, this.suite);
  }

  _restore() {
    const run = runs.running();
    const last = runs.lastVerdict(this.unit.slug, this.suite);
    if (run?.slug === this.unit.slug && run.suite === this.suite) {
      this._begin();
      for (const promise of run.told) this.promises?.show(promise);
    } else if (!last || !this._shown(last)) {
      this._state("idle", "");
    }
  }

  /**
   * Shows the last verdict, whoever wrote it; one that cannot be shown is put away, and the lab stays.
   *
   * @param {runs.Last} last
   */
  _shown(last) {
    try {
      this._done(last);
      return true;
    } catch (error) {
      console.info("A kept verdict cannot be shown.", error);
      runs.putAway(this.unit.slug);
      this.place.replaceChildren();
      return false;
    }
  }

  /** @param {Told} told */
  _hear(told) {
    if (told.kind === "loading") return this.suite === "hidden" ? this._loading(told) : undefined;
    if (told.slug !== this.unit.slug || told.suite !== this.suite) return undefined;
    if (told.kind === "began") this._begin();
    else if (told.kind === "promise") this._promise(told.promise);
    else if (told.kind === "done") this._done(told.last);
    else this._state("ended", told.why);
    return this.changed();
  }

  /** @param {{ loaded: number, total: number, words: string }} told */
  _loading({ loaded, total, words }) {
    const done = total > 0 && loaded >= total;
    this.bar.hidden = this.loaded.hidden = done;
    this.bar.value = total ? loaded / total : 0;
    const size = (/** @type {number} */ bytes) => (bytes / MEGABYTE).toFixed(1);
    this.loaded.textContent = `${words || "Fetching Python, once"}: ${size(loaded)} of ${size(total)} MB`;
  }

  _begin() {
    this.promises = this._list();
    this._kept?.remove();
    this.place.replaceChildren(this.promises.list);
    this.stale.hidden = true;
    this._state("running", "Running …");
  }

  /** @param {import("./types.js").PromiseResult} promise */
  _promise(promise) {
    this.bar.hidden = this.loaded.hidden = true;
    this.promises?.show(promise);
  }

  /** @param {runs.Last} last */
  _done({ verdict }) {
    this.bar.hidden = this.loaded.hidden = true;
    const kept = this.section.dataset.state === "running" ? this.promises : undefined;
    const promises = kept ?? this._list();
    promises.showAll(verdict);
    const isSolved = verdict.passed && this.suite === "hidden";
    const first = isSolved ? [solved(this.unit, base)] : foreword(verdict);
    this.place.replaceChildren(...first, promises.list);
    this._kept?.remove();
    this._kept = promises.kept;
    this.box.append(promises.kept);
    this._state(verdict.passed ? "kept" : "broken", summary(verdict));
  }

  /**
   * @param {string} state
   * @param {string} words
   */
  _state(state, words) {
    this.section.dataset.state = state;
    this.status.textContent = words;
    if (state === "ended") this.bar.hidden = this.loaded.hidden = true;
  }
}
