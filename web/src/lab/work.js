// The learner's text of each unit: saved with every key, never lost.
//
// Several tabs may hold one unit. Each writes its own text; before a tab writes over what another has written, it
// puts that text aside. Nothing is taken from a reader without asking, and nothing that was replaced is gone.
import { keepText, kept as earlier, work } from "./stored.js";

/** @typedef {import("./types.js").Work} Work */
/** @typedef {import("./types.js").Kept} Kept */

/** The name of this tab, for telling its own words from another's. */
export const WRITER = Array.from(crypto.getRandomValues(new Uint8Array(6)), (byte) => byte.toString(16)).join("");
const changes = new EventTarget();

/**
 * The saved work on a unit, or undefined for a unit that was never touched.
 *
 * @param {string} slug
 * @returns {Work | undefined}
 */
export const saved = (slug) => work.read(slug);

/** The slugs of all units with saved work. */
export const slugs = () => work.names();

/**
 * The texts of a unit that were put aside, newest first.
 *
 * @param {string} slug
 * @returns {Kept[]}
 */
export const kept = (slug) => earlier.read(slug) ?? [];

/**
 * Puts a text aside, as an earlier text; says whether it is safe there. Where it is not, nothing may take its place.
 *
 * @param {string} slug
 * @param {string} text
 * @param {string} why
 * @param {string} [writer]
 * @returns {boolean}
 */
export const keep = (slug, text, why, writer = "") =>
  keepText(slug, { text, why, writer, at: new Date().toISOString() });

/** One unit's text as one open editor sees it. */
export class WorkingCopy {
  /**
   * @param {string} slug
   * @param {string} file
   * @param {string} stub
   */
  constructor(slug, file, stub) {
    this.slug = slug;
    this.file = file;
    const before = saved(slug);
    const untouched = before === undefined || before.text === before.stub;
    this.text = untouched ? stub : before.text;
    /** The stub that the text began from; another one than the site's if the site has a newer. */
    this.stub = untouched ? stub : before.stub || stub;
    this._seen = before?.saved_at ?? "";
  }

  /**
   * Saves the text; false if this browser has no room for it.
   *
   * @param {string} text
   */
  save(text) {
    const there = saved(this.slug);
    this.text = text;
    if (there && this._isForeign(there) && there.text !== text) {
      // Without room for the other's text nothing is written over it.
      if (!keep(this.slug, there.text, "written in another tab", there.writer)) return false;
    }
    this._seen = `${new Date().toISOString()}/${WRITER}`;
    const done = work.write(this.slug, {
      text,
      stub: this.stub,
      file: this.file,
      writer: WRITER,
      saved_at: this._seen,
    });
    changes.dispatchEvent(new CustomEvent("saved", { detail: this.slug }));
    return done;
  }

  /**
   * Takes what another has written, and saves it: what the editor shows is what is kept.
   *
   * @param {Work} there
   * @returns {boolean} false if this browser has no room for it
   */
  take(there) {
    this._seen = saved(this.slug)?.saved_at ?? "";
    this.stub = there.stub || this.stub;
    return this.save(there.text);
  }

  /**
   * Calls `heard` with what another tab, or another part of this page, has saved instead of this text.
   *
   * @param {(there: Work) => void} heard
   * @returns {() => void} ends listening
   */
  onForeign(heard) {
    const look = () => {
      const there = saved(this.slug);
      if (!there || !this._isForeign(there)) return;
      if (there.text === this.text) this._seen = there.saved_at;
      else heard(there);
    };
    const stop = work.onOtherTab(look, this.slug);
    document.addEventListener("visibilitychange", look); // a tab that slept has heard nothing
    return () => {
      stop();
      document.removeEventListener("visibilitychange", look);
    };
  }

  /** @param {Work} there */
  _isForeign(there) {
    return there.saved_at !== this._seen;
  }
}

/**
 * Puts a text into a unit from outside of its editor; what was there is put aside.
 *
 * @param {string} slug
 * @param {string} file
 * @param {string} text
 * @param {string} why
 * @returns {boolean}
 */
export function replace(slug, file, text, why) {
  const before = saved(slug);
  if (before && before.text !== text && !keep(slug, before.text, why)) return false;
  const stub = before?.stub ?? "";
  const saved_at = `${new Date().toISOString()}/opened`;
  const done = work.write(slug, { text, stub, file, writer: WRITER, saved_at });
  changes.dispatchEvent(new CustomEvent("replaced", { detail: slug }));
  return done;
}

/**
 * Calls `heard` when a unit's text was put in from outside of its editor.
 *
 * @param {string} slug
 * @param {() => void} heard
 * @returns {() => void}
 */
export function onReplaced(slug, heard) {
  /** @param {Event} event */
  const listen = (event) => {
    if (/** @type {CustomEvent<string>} */ (event).detail === slug) heard();
  };
  changes.addEventListener("replaced", listen);
  return () => changes.removeEventListener("replaced", listen);
}
