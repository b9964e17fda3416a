// What a learner is shown of a verdict: the same parts, in the same words, as in the terminal.
import { counted, el, inline } from "./dom.js";
import { frames, inlined, isUnwritten, note, oneLine, scrolling, toWrite } from "./pieces.js";
import { table, timeline } from "./timeline.js";

/** @typedef {import("./types.js").PromiseResult} PromiseResult */
/** @typedef {import("./types.js").Verdict} Verdict */
/** @typedef {{ id: string, text: string }} Known */
/**
 * What can be done from within a verdict: go to a line, and go through the story of a promise.
 *
 * @typedef {{ goTo: (line: number) => void, explore?: (result: PromiseResult) => HTMLElement | undefined }} Ways
 */

const OUTPUT_LINES = 12;
/** @type {Record<string, [mark: string, words: string]>} */
const SAID = {
  kept: ["✓", "Kept"],
  broken: ["✗", "Broken"],
  not_proved: ["?", "Not proved"],
  not_reached: ["·", "Not reached"],
  out_of_time: ["✗", "Out of time"],
  out_of_memory: ["✗", "Out of memory"],
  too_much_output: ["✗", "Too much output"],
  checker_fault: ["!", "The checker failed"],
};

/** The promises of a unit as a list that fills while a run goes on; at its end the kept ones stand below, folded. */
export class Promises {
  /**
   * @param {string} slug
   * @param {Known[]} known
   * @param {Ways} ways
   * @param {import("./types.js").Suite} [suite]
   */
  constructor(slug, known, ways, suite = "hidden") {
    this.slug = slug;
    this.ways = ways;
    const name = suite === "hidden" ? "The promises" : "The examples";
    this.list = el("ol", { class: "lab-promises", "aria-label": name });
    this.kept = el("details", { class: "lab-more", hidden: true });
    /** @type {Map<string, HTMLElement>} */
    this.rows = new Map();
    for (const { id, text } of known) this._row(id).append(waiting(text));
    this._open = "";
  }

  /**
   * Shows one promise; the first that is broken stands open.
   *
   * @param {PromiseResult} result
   */
  show(result) {
    const told = result.status !== "kept" && result.status !== "not_reached" && !isUnwritten(result);
    const opens = !this._open && told && Boolean(result.saw);
    if (opens) this._open = result.id;
    this._put(result, this._open === result.id);
  }

  /**
   * Shows a whole verdict: what is broken first, what is kept below; one line where one thing stopped everything.
   *
   * @param {Verdict} verdict
   */
  showAll(verdict) {
    for (const result of verdict.promises) this.show(result);
    const kept = verdict.promises.filter(({ status }) => status === "kept");
    const open = verdict.promises.filter((result) => result.status !== "kept" && !isUnwritten(result));
    const one = oneLine(open, verdict.promises.length, this.ways.goTo);
    const unwritten = verdict.promises.filter(isUnwritten);
    const first = open.find((result) => result.saw);
    if (!this._open && first && !one) this._put(first, true);
    const rows = one ? [one] : open.map((result) => this._row(result.id));
    if (unwritten.length) rows.push(toWrite(unwritten, this.ways.goTo));
    this.list.replaceChildren(...rows);
    this.list.hidden = rows.length === 0;
    this._fold(kept, rows.length === 0);
  }

  /**
   * @param {PromiseResult[]} kept
   * @param {boolean} open
   */
  _fold(kept, open) {
    this.kept.hidden = kept.length === 0;
    this.kept.open = open;
    const name = `${counted(kept.length, this.list.ariaLabel === "The examples" ? "example" : "promise")} kept`;
    const list = el("ol", { class: "lab-promises", "aria-label": name }, ...kept.map(({ id }) => this._row(id)));
    this.kept.replaceChildren(el("summary", {}, name), list);
  }

  /**
   * @param {PromiseResult} result
   * @param {boolean} open
   */
  _put(result, open) {
    const row = this._row(result.id);
    row.dataset.status = isUnwritten(result) ? "waiting" : result.status;
    const parts = body(result, this.slug, this.ways);
    const head = headline(result);
    if (parts.length) row.replaceChildren(el("details", { open }, el("summary", {}, head), ...parts));
    else row.replaceChildren(head);
  }

  /** @param {string} id */
  _row(id) {
    let row = this.rows.get(id);
    if (!row) {
      row = el("li", { "data-promise": id, "data-status": "waiting" });
      this.rows.set(id, row);
      this.list.append(row);
    }
    return row;
  }
}

/** @param {string} text */
function waiting(text) {
  const words = el("span", { class: "lab-said" }, "Not checked yet");
  return el(
    "div",
    { class: "lab-head" },
    el("span", { class: "lab-mark", "aria-hidden": "true" }, "·"),
    words,
    inlined(text),
  );
}

/** @param {PromiseResult} result */
function headline(result) {
  const said = isUnwritten(result) ? ["·", "Still to be written"] : (SAID[result.status] ?? SAID.checker_fault);
  const [mark = "!", words = ""] = said ?? [];
  const text = result.text || result.id.replace(/^test_/, "").replaceAll("_", " ");
  const head = el("div", { class: "lab-head" }, el("span", { class: "lab-mark", "aria-hidden": "true" }, mark));
  head.append(el("span", { class: "lab-said" }, words), inlined(text));
  if (result.status === "kept" && result.stories > 1) {
    head.append(el("span", { class: "lab-count" }, counted(result.stories, "story", "stories")));
  }
  return head;
}

/**
 * @param {PromiseResult} result
 * @param {string} slug
 * @param {Ways} ways
 * @returns {HTMLElement[]}
 */
function body(result, slug, { goTo, explore }) {
  const parts = [answers(result), note(result), ...stories(result, goTo), frames(result, goTo), printed(result)];
  const found = parts.filter((part) => part !== undefined);
  if (found.length && result.replay && result.timeline.length) {
    const command = `python3 course.py grade ${slug} --replay ${result.replay}`;
    found.push(el("p", { class: "lab-small" }, "This story again, in a terminal: ", el("code", {}, command)));
  }
  const touch = explore?.(result);
  if (touch) found.push(touch);
  return found;
}

/** @param {PromiseResult} result */
function answers({ saw, rule, ask }) {
  const rows = [
    ["Saw", saw],
    ["Rule", rule],
    ["Ask", ask],
  ].filter(([, text]) => text);
  if (!rows.length) return undefined;
  const made = rows.map(([name, text]) => el("div", {}, el("dt", {}, name), el("dd", {}, inline(text ?? ""))));
  return el("dl", { class: "saw-rule-ask" }, ...made);
}

/**
 * @param {PromiseResult} result
 * @param {(line: number) => void} goTo
 */
function stories(result, goTo) {
  if (!result.timeline.length) return [];
  const drawing = timeline(result.timeline_svg ?? result.svg, result.timeline, "Timeline of the story", goTo);
  /** @type {HTMLElement[]} */
  const parts = [el("p", { class: "lab-title" }, size(result)), drawing];
  if (result.calm.length) {
    const faults = result.faults === 1 ? "the fault" : "the faults";
    const title = `The same story without ${faults}, up to the first difference`;
    parts.push(el("details", { class: "lab-more" }, el("summary", {}, title), table(result.calm, title)));
  }
  return parts;
}

/** @param {PromiseResult} result */
function size({ faults, status }) {
  if (status === "kept") return "This story";
  if (faults === 0) return "The smallest story";
  return `The smallest story: ${counted(faults, "fault")}, and all stories with ${faults === 1 ? "none" : "fewer"} pass`;
}

/** @param {PromiseResult} result */
function printed({ output, status, timeline: story }) {
  const lines = output.trimEnd().split("\n");
  if (!output.trim()) return undefined;
  const more = lines.length > OUTPUT_LINES ? `\n... ${lines.length - OUTPUT_LINES} more lines ...` : "";
  const where = story.length ? ", in this story" : status === "kept" ? ", in the last story told" : "";
  const title = `Your code printed${where}`;
  const text = lines.slice(0, OUTPUT_LINES).join("\n") + more;
  return el("div", {}, el("p", { class: "lab-title" }, title), scrolling(text, title));
}

/**
 * The last line: how many promises are kept, how often one of them looked at a story, in what time.
 *
 * @param {Verdict} verdict
 */
export function summary(verdict) {
  const total = verdict.promises.length;
  const kept = verdict.promises.filter((result) => result.status === "kept").length;
  if (verdict.suite === "examples")
    return verdict.passed ? `All ${total} examples work.` : `${kept} of ${total} examples work.`;
  const told = `${checked(verdict.stories)}${timed(verdict)}`;
  if (verdict.passed) return `${total === 1 ? "The promise is" : `All ${total} promises are`} kept; ${told}.`;
  return `${kept} of ${total} promises kept; ${told}.`;
}

/**
 * Promises about one scenario look at the same stories, so fewer are told than are checked.
 *
 * @param {number} times
 */
function checked(times) {
  return times === 1 ? "one story checked" : `stories checked ${times.toLocaleString("en")} times`;
}

/**
 * The time that the stories took, where nothing cut it short: of a run that was ended it says nothing.
 *
 * @param {Verdict} verdict
 */
function timed({ promises, seconds }) {
  const whole = promises.every(({ status }) => status === "kept" || status === "broken" || status === "not_proved");
  return whole && seconds > 0 ? ` in ${seconds.toFixed(2)} s` : "";
}

/**
 * What helps more than any single promise, and stands before them: whose idea it looks like, a fault of the checker.
 *
 * @param {Verdict} verdict
 * @returns {HTMLElement[]}
 */
export function foreword(verdict) {
  const parts = [];
  if (verdict.misconception) {
    const lead = el("strong", {}, "The same promises break when somebody thinks: ");
    parts.push(el("p", { class: "lab-idea" }, lead, inline(verdict.misconception.words)));
  }
  if (verdict.fault) {
    const lead = el("strong", {}, "The checker itself failed; this is not your code. ");
    parts.push(el("p", { class: "lab-idea" }, lead, verdict.fault));
  }
  return parts;
}

/**
 * What a learner can do now, and where to go on.
 *
 * @param {{ learned: string, next: { number: number, title: string, page: string } | null }} unit
 * @param {string} base the address of the site's root
 */
export function solved({ learned, next }, base) {
  const made = el("div", { class: "lab-solved" });
  if (learned) made.append(el("p", {}, `You can now ${learned[0]?.toLowerCase()}${learned.slice(1)}`));
  const ahead = next && el("a", { href: base + next.page }, `${next.number} ${next.title}`);
  made.append(ahead ? el("p", {}, "Next: ", ahead, ".") : el("p", {}, "This is the last unit that is here."));
  return made;
}
