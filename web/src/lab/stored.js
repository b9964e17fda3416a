// The one way in for everything that this browser has kept, whichever version of the pages wrote it.
//
// Each kind of thing has a shelf, and each shelf knows the shape of what lies on it. What has another shape, because
// it is damaged or from a version that is not this one, is put aside: a learner's text first, where Earlier texts
// shows it, then the whole under a name of its own. Nothing that is kept can take the lab away.
import { keys, onOtherTab, putAside, read, write } from "./storage.js";

/** @typedef {import("./types.js").Work} Work */
/** @typedef {import("./types.js").Kept} Kept */
/** @typedef {import("./types.js").UnitProgress} UnitProgress */
/** @typedef {import("./types.js").Verdict} Verdict */
/** @typedef {import("./types.js").PromiseResult} PromiseResult */

/** How values are wrapped. Version 1 had no wrapping: the value itself stood there. */
const VERSION = 2;
const KEPT_MAX = 12;

/**
 * The things of one kind, each under a name; a unit's slug is one.
 *
 * @template T
 */
class Shelf {
  /**
   * @param {string} kind
   * @param {(value: any) => T | undefined} fit gives what is known of a value; undefined for another shape
   */
  constructor(kind, fit) {
    this.kind = kind;
    this.fit = fit;
  }

  /**
   * @param {string} name
   * @returns {T | undefined}
   */
  read(name) {
    const text = read(`${this.kind}:${name}`);
    if (text === undefined) return undefined;
    const value = unwrapped(text);
    const known = value === undefined || value === null ? undefined : this.fit(value);
    if (known === undefined) this.putAside(name);
    return known;
  }

  /**
   * Keeps `value`; says whether it outlives the page.
   *
   * @param {string} name
   * @param {T} value
   */
  write(name, value) {
    return write(`${this.kind}:${name}`, JSON.stringify({ version: VERSION, value }));
  }

  /**
   * Puts away what nobody here can read: the text in it as an earlier text, then all of it as it is.
   *
   * @param {string} name
   */
  putAside(name) {
    const found = unwrapped(read(`${this.kind}:${name}`) ?? "");
    const text = found?.text;
    if (typeof text === "string" && text && this.kind !== kept.kind) {
      keepText(name, { text, why: "kept by another version of these pages", writer: "", at: new Date().toISOString() });
    }
    putAside(`${this.kind}:${name}`);
  }

  names() {
    return keys(`${this.kind}:`);
  }

  /**
   * @param {(name: string) => void} heard
   * @param {string} [name] one thing alone
   */
  onOtherTab(heard, name = "") {
    const start = `${this.kind}:`;
    return onOtherTab(start + name, (key) => heard(key.slice(start.length)));
  }
}

/**
 * Puts a text on top of the earlier ones. What one tab wrote while another wrote too is one entry: its newest text.
 *
 * @param {string} slug
 * @param {Kept} one
 */
export function keepText(slug, one) {
  const before = kept.read(slug) ?? [];
  const others = before.filter((other) => other.text !== one.text && !(one.writer && other.writer === one.writer));
  return kept.write(slug, [one, ...others].slice(0, KEPT_MAX));
}

/**
 * @param {string} text
 * @returns {any}
 */
function unwrapped(text) {
  try {
    const read = JSON.parse(text);
    return isObject(read) && "version" in read && "value" in read ? read.value : read;
  } catch {
    return undefined;
  }
}

// ---- shapes

/** @param {unknown} value @returns {value is Record<string, any>} */
const isObject = (value) => typeof value === "object" && value !== null && !Array.isArray(value);
/** @param {any} value @param {string[]} names */
const hasTexts = (value, ...names) => isObject(value) && names.every((name) => typeof value[name] === "string");
/** @param {any} value @param {string[]} names */
const hasLists = (value, ...names) => isObject(value) && names.every((name) => Array.isArray(value[name]));

/** @param {any} value @returns {Work | undefined} */
function fitWork(value) {
  if (!hasTexts(value, "text", "file")) return undefined;
  const { text, file, stub = "", writer = "", saved_at = "" } = value;
  return { text, file, stub: String(stub), writer: String(writer), saved_at: String(saved_at) };
}

/** @param {any} value @returns {Kept[] | undefined} */
function fitKept(value) {
  if (!Array.isArray(value) || !value.every((one) => hasTexts(one, "text"))) return undefined;
  return value.map(({ text, why = "", writer = "", at = "" }) => ({ text, why, writer, at }));
}

/** @type {UnitProgress} */
const NOTHING = { first_solved_at: "", attempts: 0, hints_seen: 0, peeked: false, last_graded_sha256: "", tried: [] };

/**
 * What is known of a unit's progress; a value of another type counts as not there, and words of others are kept.
 *
 * @param {unknown} value
 * @returns {UnitProgress | undefined}
 */
export function fitProgress(value) {
  if (!isObject(value)) return undefined;
  /** @type {Record<string, any>} */
  const found = { ...value, ...NOTHING };
  for (const [key, nothing] of Object.entries(NOTHING)) {
    const given = value[key];
    if (typeof given === typeof nothing && Array.isArray(given) === Array.isArray(nothing)) found[key] = given;
  }
  return /** @type {UnitProgress} */ (found);
}

/** @param {any} value @returns {{ text: string, verdict: Verdict } | undefined} */
function fitVerdict(value) {
  const verdict = value?.verdict;
  if (!hasTexts(value, "text") || !hasLists(verdict, "promises") || typeof verdict.stories !== "number")
    return undefined;
  if (typeof verdict.passed !== "boolean" || typeof verdict.seconds !== "number") return undefined;
  if (verdict.misconception && !hasTexts(verdict.misconception, "words")) return undefined;
  return verdict.promises.every(isPromise) ? { text: value.text, verdict } : undefined;
}

/** @param {any} one */
function isPromise(one) {
  const events = [...(one?.timeline ?? []), ...(one?.calm ?? [])];
  return (
    hasTexts(one, "id", "text", "status", "saw", "rule", "ask", "note", "output", "replay") &&
    hasLists(one, "frames", "timeline", "calm") &&
    typeof one.stories === "number" &&
    events.every((event) => hasTexts(event, "who", "what") && typeof event.at_s === "number")
  );
}

/** @param {any} value @returns {{ text: string } | undefined} */
const fitAnswer = (value) => (hasTexts(value, "text") ? { text: value.text } : undefined);

/** What a reader expected of a program, before they ran it. */
export const answers = new Shelf("answer", fitAnswer);
export const work = new Shelf("work", fitWork);
export const kept = new Shelf("kept", fitKept);
export const progress = new Shelf("progress", fitProgress);
export const verdicts = new Shelf("verdict", fitVerdict);
