// The verdict of a worker that had to be ended: what it has said, and of the rest what became of it.

import { SCHEMA } from "../verdict-form.js";

/** @typedef {import("./types.js").Manifest} Manifest */
/** @typedef {import("./types.js").Verdict} Verdict */
/** @typedef {import("./types.js").PromiseJson} PromiseJson */
/** @typedef {import("./types.js").Run} Run */
/** @typedef {import("./types.js").RunEvent} RunEvent */

const STOPPED = { status: "not_reached", saw: "it was stopped before it came to this" };

/**
 * Begins to write down a run.
 * @param {Manifest} manifest
 * @param {Run} run
 */
export function openVerdict(manifest, run) {
  const unit = manifest.units[run.unit];
  if (!unit) throw new Error(`No unit is named ${JSON.stringify(run.unit)}.`);
  /** @type {Map<string, PromiseJson>} */
  const ended = new Map();
  let running = "";
  return {
    asksAnotherMachine: run.suite === "hidden" && unit.other_machine,

    /** @param {RunEvent} event */
    hear(event) {
      running = event.kind === "started" ? event.promise.id : "";
      if (event.kind === "promise") ended.set(event.promise.id, event.promise);
    },

    /**
     * Does this verdict leave a worker behind that is of no more use?
     * @param {Verdict} verdict
     */
    wantsFreshWorker: (verdict) => verdict.promises?.some((promise) => promise.status === "out_of_memory"),

    /**
     * Gives the whole verdict. `why` is "late", "stopped", or how the interpreter died.
     * @param {string} why
     * @param {number} seconds
     * @returns {Verdict}
     */
    closed(why, seconds) {
      const told = whatBecame(why, seconds, running, ended.size > 0);
      const promises = unit[run.suite].map(([id, text]) => ended.get(id) ?? { ...blank(id, text), ...told.next() });
      return whole(manifest, run, unit.file, seconds, promises);
    },
  };
}

/**
 * Tells the first promise without a result what stopped it, and the others that they were not reached.
 * @param {string} why
 * @param {number} seconds
 * @param {string} running
 * @param {boolean} anyEnded
 */
function whatBecame(why, seconds, running, anyEnded) {
  const importing = !running && !anyEnded;
  const what = importing ? "the import of your file" : "it";
  let first = why === "late" || why.startsWith("crashed") ? firstOf(why, seconds, what, importing) : STOPPED;
  const after = why === "late" ? "an earlier promise used up the time" : "an earlier promise ended the process";
  return {
    next() {
      const told = first;
      if (first.status !== "not_reached") first = { status: "not_reached", saw: after };
      return /** @type {Partial<PromiseJson>} */ (told);
    },
  };
}

/**
 * @param {string} why
 * @param {number} seconds
 * @param {string} what
 * @param {boolean} importing
 */
function firstOf(why, seconds, what, importing) {
  if (why === "late") {
    return { status: "out_of_time", saw: `after ${seconds} s ${what} was still running`, ask: "what ends this?" };
  }
  const when = importing ? ", while your file was imported" : "";
  const status = importing ? "not_reached" : "broken";
  const code = /terminated with exit\((-?\d+)\)/.exec(why)?.[1];
  if (code !== undefined) {
    const rule = "the process belongs to the caller";
    const ask = "what may a function do to the process of whoever calls it?";
    return { status, saw: `your code ended its own process (exit code ${code})${when}`, rule, ask };
  }
  if (why.includes("call stack")) {
    return {
      status,
      saw: `your code nests deeper than the interpreter's stack${when}`,
      ask: "which call is the last one?",
    };
  }
  return { status, saw: `the interpreter itself crashed${when}`, note: why.slice("crashed: ".length, 300) };
}

/**
 * @param {string} id
 * @param {string} text
 * @returns {PromiseJson}
 */
function blank(id, text) {
  const nothing = { saw: "", rule: "", ask: "", frames: [], stories: 0, replay: "", faults: 0 };
  return {
    id,
    text,
    status: "not_reached",
    ...nothing,
    timeline: [],
    calm: [],
    note: "",
    output: "",
    ways: [],
    svg: "",
  };
}

/**
 * @param {Manifest} manifest
 * @param {Run} run
 * @param {string} file
 * @param {number} seconds
 * @param {PromiseJson[]} promises
 * @returns {Verdict}
 */
function whole(manifest, run, file, seconds, promises) {
  const first = promises.find((promise) => promise.status !== "kept");
  return {
    schema: SCHEMA,
    passed: false,
    unit: run.unit,
    file: `exercises/${run.unit}/${file}`,
    sha256: "",
    python: manifest.python,
    halfway: manifest.halfway,
    seeds: [],
    seconds,
    stories: promises.reduce((sum, promise) => sum + promise.stories, 0),
    promises,
    misconception: null,
    fault: "",
    suite: run.suite,
    unusual: [],
    source_hash: "",
    timeline_svg: first?.svg ?? "",
    frames: first?.frames ?? [],
  };
}
