// What a learner is shown of a verdict: the same parts, in the same words, as in the terminal.
import { counted, el, inline } from "./dom.js";
import { table, timeline } from "./timeline.js";

/** @typedef {import("./types.js").PromiseResult} PromiseResult */
/** @typedef {import("./types.js").Verdict} Verdict */
/** @typedef {{ id: string, text: string }} Known */

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

/** The promises of a unit as a list that fills while a run goes on. */
export class Promises {
  /**
   * @param {string} slug
   * @param {Known[]} known
   * @param {(line: number) => void} goTo
   * @param {import("./types.js").Suite} [suite]
   */
  constructor(slug, known, goTo, suite = "hidden") {
    this.slug = slug;
    this.goTo = goTo;
    const name = suite === "hidden" ? "The promises" : "The examples";
    this.list = el("ol", { class: "lab-promises", "aria-label": name });
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
    const opens = !this._open && result.status !== "kept" && result.status !== "not_reached" && Boolean(result.saw);
    if (opens) this._open = result.id;
    this._put(result, this._open === result.id);
  }

  /**
   * Shows a whole verdict.
   *
   * @param {Verdict} verdict
   */
  showAll(verdict) {
    for (const result of verdict.promises) this.show(result);
    const first = verdict.promises.find((result) => result.status !== "kept" && result.saw);
    if (!this._open && first) {
      this._open = first.id;
      this._put(first, true);
    }
  }

  /**
   * @param {PromiseResult} result
   * @param {boolean} open
   */
  _put(result, open) {
    const row = this._row(result.id);
    row.dataset.status = result.status;
    const parts = body(result, this.slug, this.goTo);
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
  const [mark, words] = SAID[result.status] ?? SAID.checker_fault ?? ["!", ""];
  const text = result.text || result.id.replace(/^test_/, "").replaceAll("_", " ");
  const head = el("div", { class: "lab-head" }, el("span", { class: "lab-mark", "aria-hidden": "true" }, mark));
  head.append(el("span", { class: "lab-said" }, words), inlined(text));
  if (result.status === "kept" && result.stories > 1) {
    head.append(el("span", { class: "lab-count" }, counted(result.stories, "story", "stories")));
  }
  return head;
}

/** @param {string} text */
const inlined = (text) => el("span", { class: "lab-text" }, inline(text));

/**
 * @param {PromiseResult} result
 * @param {string} slug
 * @param {(line: number) => void} goTo
 * @returns {HTMLElement[]}
 */
function body(result, slug, goTo) {
  const parts = [answers(result), note(result), ...stories(result), frames(result, goTo), printed(result)];
  const found = parts.filter((part) => part !== undefined);
  if (found.length && result.replay && result.timeline.length) {
    const command = `halfway grade ${slug} --replay ${result.replay}`;
    found.push(el("p", { class: "lab-small" }, "This story again, in a terminal: ", el("code", {}, command)));
  }
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

/** @param {PromiseResult} result */
function note({ note: text }) {
  return text && !text.includes("\n") ? el("p", { class: "lab-small" }, text) : undefined;
}

/** @param {PromiseResult} result */
function stories(result) {
  if (!result.timeline.length) return [];
  const drawing = timeline(result.timeline_svg ?? result.svg, result.timeline, "Timeline of the story");
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
  if (faults === 0) return "The story in which nothing goes wrong";
  return `The smallest story: ${counted(faults, "fault")}, and all stories with ${faults === 1 ? "none" : "fewer"} pass`;
}

/**
 * @param {PromiseResult} result
 * @param {(line: number) => void} goTo
 */
function frames({ frames: lines, note: text }, goTo) {
  if (!lines.length) return undefined;
  const rows = lines.map((frame) => {
    const go = el(
      "button",
      { type: "button", class: "lab-line", onclick: () => goTo(frame.line) },
      `line ${frame.line}`,
    );
    const place = frame.function ? el("span", { class: "lab-small" }, frame.function) : undefined;
    return el("li", {}, go, place, el("code", {}, frame.text));
  });
  const made = el(
    "div",
    { class: "lab-frames" },
    el("p", { class: "lab-title" }, rows.length > 1 ? "Your lines" : "Your line"),
  );
  made.append(el("ul", {}, ...rows));
  if (text.includes("\n")) made.append(scrolling(text, "Where it was found"));
  return made;
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
 * @param {string} text
 * @param {string} name
 */
export function scrolling(text, name) {
  return el("pre", { tabindex: "0", role: "group", "aria-label": name }, el("code", {}, text));
}

/**
 * The last line: how many promises are kept, in how many stories, in what time.
 *
 * @param {Verdict} verdict
 */
export function summary(verdict) {
  const total = verdict.promises.length;
  const kept = verdict.promises.filter((result) => result.status === "kept").length;
  if (verdict.suite === "examples")
    return verdict.passed ? `All ${total} examples work.` : `${kept} of ${total} examples work.`;
  const told = `${counted(verdict.stories, "story", "stories")} told${timed(verdict)}`;
  if (verdict.passed) return `${total === 1 ? "The promise is" : `All ${total} promises are`} kept; ${told}.`;
  return `${kept} of ${total} promises kept; ${told}.`;
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
 * What stands below the promises: whose idea it looks like, and a fault of the checker.
 *
 * @param {Verdict} verdict
 * @returns {HTMLElement[]}
 */
export function afterwords(verdict) {
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
