// A story as a drawing, and as a table for whoever does not see it.
import { el } from "./dom.js";

/** @typedef {import("./types.js").StoryEvent} StoryEvent */

const YOUR_CODE = "your code";
const WORDS_WIDE = 96; // so much of a lane holds its name, and the beginning of what happens there
const NO_PART_OF_A_DRAWING = "script, foreignObject, image, use, a, animate, set";

/**
 * The drawing that the grader made, in a box that scrolls; the table where there is none.
 *
 * @param {string | undefined} svg
 * @param {StoryEvent[]} events
 * @param {string} name
 * @param {(line: number) => void} [goTo] shows a line of the code that the story is about
 */
export function timeline(svg, events, name, goTo) {
  const drawing = svg ? parsed(svg) : undefined;
  if (!drawing) return table(events, name);
  const width = drawing.getAttribute("width");
  const style = width ? `--width: ${Number(width)}` : "";
  const label = `${name}, scrolls sideways`;
  const box = el("div", { class: "timeline", tabindex: "0", role: "group", "aria-label": label, style }, drawing);
  requestAnimationFrame(() => showDecisive(box));
  for (const row of goTo ? drawing.querySelectorAll("[data-line]") : []) {
    row.addEventListener("click", () => goTo?.(Number(row.getAttribute("data-line"))));
  }
  return box;
}

/**
 * Scrolls a drawing that is wider than its box to the lane in which its fault shows; where that lane begins in sight,
 * the drawing stays at its left edge, since words that are cut at their beginning cannot be read.
 *
 * @param {HTMLElement} box
 */
export function showDecisive(box) {
  const drawing = box.querySelector("svg[data-decisive]");
  if (!drawing || box.scrollWidth <= box.clientWidth) return;
  const scale = drawing.getBoundingClientRect().width / Number(drawing.getAttribute("width"));
  const lane = Number(drawing.getAttribute("data-decisive")) * scale;
  box.scrollLeft = lane + WORDS_WIDE <= box.clientWidth ? 0 : lane - box.clientWidth / 2;
}

/**
 * @param {StoryEvent[]} events
 * @param {string} name
 */
export function table(events, name) {
  const rows = events.map((event) =>
    el(
      "tr",
      { class: event.fault && "lab-fault" },
      el("td", {}, `${event.at_s.toLocaleString("en", { minimumFractionDigits: 3 })} s`),
      el("td", {}, event.fault ? "!! fault" : event.who || YOUR_CODE),
      el("td", {}, event.what),
    ),
  );
  const heads = ["virtual time", "who", "what"].map((words) => el("th", { scope: "col" }, words));
  const made = el("table", { class: "lab-story" }, el("caption", {}, name), el("thead", {}, el("tr", {}, ...heads)));
  made.append(el("tbody", {}, ...rows));
  return el("div", { class: "lab-scroll", tabindex: "0", role: "group", "aria-label": name }, made);
}

/**
 * Reads a drawing and takes out whatever could do more than be looked at.
 *
 * @param {string} svg
 */
function parsed(svg) {
  const withNamespace = svg.includes("xmlns=") ? svg : svg.replace("<svg", '<svg xmlns="http://www.w3.org/2000/svg"');
  const read = new DOMParser().parseFromString(withNamespace, "image/svg+xml");
  const drawing = read.documentElement;
  if (drawing.localName !== "svg" || read.querySelector("parsererror")) return undefined;
  for (const part of drawing.querySelectorAll(NO_PART_OF_A_DRAWING)) part.remove();
  for (const part of [drawing, ...drawing.querySelectorAll("*")]) {
    for (const { name } of [...part.attributes]) if (/^on|href$/i.test(name)) part.removeAttribute(name);
  }
  return document.importNode(drawing, true);
}
