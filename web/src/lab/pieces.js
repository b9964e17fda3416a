// Pieces of a verdict: the learner's own lines, and the one line that stands for many promises.
import { counted, el, inline } from "./dom.js";

/** @typedef {import("./types.js").PromiseResult} PromiseResult */

/** What is said of a promise whose code is not there yet; it is no fault, so it has no mark of one. */
const UNWRITTEN = / is still to be written$/;
/** @param {PromiseResult} result */
export const isUnwritten = ({ status, saw }) => status === "broken" && UNWRITTEN.test(saw);

/**
 * What stopped every promise at once, as a file that cannot be run does.
 *
 * @param {PromiseResult[]} open
 * @param {number} total
 * @param {(line: number) => void} goTo
 */
export function oneLine(open, total, goTo) {
  const [first] = open;
  const all = first?.saw && open.length === total && open.every(({ status }) => status === "not_reached");
  if (!all || open.some(({ saw }) => saw !== first.saw)) return undefined;
  const head = el("div", { class: "lab-head" }, sign("✗", "Not run"), inlined(first.saw), lines(first));
  const more = [first.ask && el("p", {}, inline(first.ask)), note(first), frames(first, goTo)];
  return el("li", { "data-status": "broken" }, head, ...more);
}

/**
 * What is still to be written, in one line, however many promises wait for it.
 *
 * @param {PromiseResult[]} unwritten
 * @param {(line: number) => void} goTo
 */
export function toWrite(unwritten, goTo) {
  const names = [...new Set(unwritten.map(({ saw }) => saw.replace(UNWRITTEN, "")))];
  const listed = names.length > 1 ? `${names.slice(0, -1).join(", ")} and ${names.at(-1)}` : names[0];
  const words = inlined(`Still to be written: ${listed}`);
  const waits = `${counted(unwritten.length, "promise")} ${unwritten.length === 1 ? "waits" : "wait"}`;
  const head = el("div", { class: "lab-head" }, sign("·", "To do"), words, el("span", { class: "lab-count" }, waits));
  const places = unwritten.flatMap((one) => one.frames.slice(-1));
  const places_once = places.filter((one, at) => places.findIndex(({ line }) => line === one.line) === at);
  const first = /** @type {PromiseResult} */ (unwritten[0]);
  const where = frames({ ...first, frames: places_once, note: "" }, goTo);
  return el("li", { "data-status": "waiting" }, head, where);
}

/**
 * @param {string} mark
 * @param {string} words what is heard in its place
 */
function sign(mark, words) {
  const made = document.createDocumentFragment();
  made.append(el("span", { class: "lab-mark", "aria-hidden": "true" }, mark), el("span", { class: "lab-said" }, words));
  return made;
}

/** @param {PromiseResult} result */
function lines({ frames: [frame] }) {
  return frame && el("span", { class: "lab-count" }, `line ${frame.line}`);
}

/**
 * @param {PromiseResult} result
 * @param {(line: number) => void} goTo
 */
export function frames({ frames: lines, note: text }, goTo) {
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
export function note({ note: text }) {
  return text && !text.includes("\n") ? el("p", { class: "lab-small" }, text) : undefined;
}

/**
 * @param {string} text
 * @param {string} name
 */
export function scrolling(text, name) {
  return el("pre", { tabindex: "0", role: "group", "aria-label": name }, el("code", {}, text));
}

/** @param {string} text */
export const inlined = (text) => el("span", { class: "lab-text" }, inline(text));
