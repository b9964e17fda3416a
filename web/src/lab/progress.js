// What a learner has done, unit by unit, in the words of the terminal's progress.json.
import { fitProgress, progress } from "./stored.js";

/** @typedef {import("./types.js").UnitProgress} UnitProgress */
/** @typedef {import("./types.js").Verdict} Verdict */

export const ATTEMPTS_BEFORE_SOLUTION = 3;
const ABOUT = "What Halfway remembers of your work. You may read it, copy it to another machine, or remove it.";
const VERSION = 1;
const TRIED_MAX = 200;
const changes = new EventTarget();

/** @param {unknown} value */
const fit = (value) => /** @type {UnitProgress} */ (fitProgress(value ?? {}) ?? fitProgress({}));

/**
 * What is remembered of a unit.
 *
 * @param {string} slug
 * @returns {UnitProgress}
 */
export const progressOf = (slug) => fit(progress.read(slug));

/**
 * Notes a verdict on the learner's text. A fault of the checker costs nothing; a file that is still to be written
 * is no attempt, and neither is a text that was run before, however it is spaced.
 *
 * @param {string} slug
 * @param {string} text
 * @param {Verdict} verdict
 */
export async function noteVerdict(slug, text, verdict) {
  if (verdict.fault || verdict.promises.some((promise) => promise.status === "checker_fault")) return;
  if (isUnwritten(verdict)) return;
  const [sha256, essence] = await Promise.all([digest(text), digest(essenceOf(text))]);
  change(slug, (before) => {
    const name = essence.slice(0, 16);
    const tried = before.tried.includes(name) ? before.tried : [...before.tried, name].slice(-TRIED_MAX);
    const solved = before.first_solved_at || (verdict.passed ? new Date().toISOString() : "");
    const attempts = before.attempts + (before.tried.includes(name) ? 0 : 1);
    return { first_solved_at: solved, attempts, tried, last_graded_sha256: sha256 };
  });
}

/**
 * @param {string} slug
 * @param {number} number
 */
export function noteHint(slug, number) {
  change(slug, (before) => ({ hints_seen: Math.max(before.hints_seen, number) }));
}

/** @param {string} slug */
export function notePeek(slug) {
  change(slug, (before) => ({ peeked: before.peeked || !before.first_solved_at }));
}

/**
 * Is every promise that is not kept one that the stub's own NotImplementedError breaks?
 *
 * @param {Verdict} verdict
 */
export function isUnwritten(verdict) {
  const broken = verdict.promises.filter((promise) => promise.status !== "kept");
  return broken.length > 0 && broken.every((p) => p.status === "broken" && p.saw.endsWith("is still to be written"));
}

/** Everything, as one text that the terminal reads as well. */
export function exported() {
  const units = Object.fromEntries(progress.names().map((slug) => [slug, progressOf(slug)]));
  return `${JSON.stringify({ about: ABOUT, version: VERSION, units }, null, 2)}\n`;
}

/**
 * Takes in what `exported` or the terminal wrote; what is here already is never made less. Throws an Error in words
 * for a reader if it is something else.
 *
 * @param {string} text
 * @returns {number} how many units it told of
 */
export function imported(text) {
  const units = unitsIn(text);
  for (const [slug, theirs] of units) change(slug, (mine) => together(mine, fit(theirs)), theirs);
  return units.length;
}

/**
 * @param {string} text
 * @returns {[string, object][]}
 */
function unitsIn(text) {
  let data;
  try {
    data = JSON.parse(text);
  } catch {
    throw new Error("This file is no progress file: it is not JSON. The right one is called progress.json.");
  }
  const units = data?.units;
  if (typeof units !== "object" || units === null || Array.isArray(units)) {
    throw new Error("This file is no progress file: it has no `units`. The right one is called progress.json.");
  }
  return Object.entries(units).filter(
    ([slug, value]) => /^ex\d\d_\w+$/.test(slug) && value && typeof value === "object",
  );
}

/**
 * @param {UnitProgress} mine
 * @param {UnitProgress} theirs
 * @returns {Partial<UnitProgress>}
 */
function together(mine, theirs) {
  const solved = [mine.first_solved_at, theirs.first_solved_at].filter(Boolean).sort()[0] ?? "";
  return {
    first_solved_at: solved,
    attempts: Math.max(mine.attempts, theirs.attempts),
    hints_seen: Math.max(mine.hints_seen, theirs.hints_seen),
    peeked: mine.peeked || theirs.peeked,
    last_graded_sha256: mine.last_graded_sha256 || theirs.last_graded_sha256,
    tried: [...new Set([...theirs.tried, ...mine.tried])].slice(-TRIED_MAX),
  };
}

/**
 * Calls `heard` whenever progress changes, here or in another tab.
 *
 * @param {() => void} heard
 * @returns {() => void}
 */
export function onProgress(heard) {
  changes.addEventListener("changed", heard);
  const stop = progress.onOtherTab(heard);
  return () => {
    changes.removeEventListener("changed", heard);
    stop();
  };
}

/**
 * @param {string} slug
 * @param {(before: UnitProgress) => Partial<UnitProgress>} make
 * @param {object} [more] keys that this version does not know; they are kept
 */
function change(slug, make, more = {}) {
  const before = progressOf(slug);
  progress.write(slug, { ...more, ...before, ...make(before) });
  changes.dispatchEvent(new Event("changed"));
}

/**
 * The text without what changes no meaning: blank lines, comments on lines of their own, spaces at ends.
 *
 * @param {string} text
 */
function essenceOf(text) {
  const lines = text.split("\n").map((line) => line.trimEnd());
  return lines.filter((line) => line && !/^\s*#/.test(line)).join("\n");
}

/**
 * The SHA-256 of a text, or a short checksum where a page without https has none.
 *
 * @param {string} text
 */
async function digest(text) {
  const bytes = new TextEncoder().encode(text);
  if (!globalThis.crypto?.subtle) {
    let sum = 0xcbf29ce484222325n;
    for (const byte of bytes) sum = BigInt.asUintN(64, (sum ^ BigInt(byte)) * 0x100000001b3n);
    return sum.toString(16).padStart(16, "0");
  }
  const hash = await crypto.subtle.digest("SHA-256", bytes);
  return Array.from(new Uint8Array(hash), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
