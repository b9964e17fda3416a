// Two texts, line by line: what only one of them has is marked by sign, colour and element.
import { diffLines } from "diff";
import { el } from "./dom.js";

const AROUND = 3;

/**
 * The difference as a block; `names` says whose lines the signs - and + stand for.
 *
 * @param {string} before
 * @param {string} after
 * @param {[before: string, after: string]} names
 */
export function difference(before, after, names) {
  const parts = diffLines(ending(before), ending(after));
  if (parts.every((part) => !part.added && !part.removed)) return el("p", {}, "The two are equal, line by line.");
  const block = el("div", {
    class: "lab-diff",
    tabindex: "0",
    role: "group",
    "aria-label": `Difference: ${names.join(", ")}`,
  });
  parts.forEach((part, index) => {
    const lines = part.value.replace(/\n$/, "").split("\n");
    if (part.added) block.append(el("ins", {}, ...lines.map((line) => row("+", line))));
    else if (part.removed) block.append(el("del", {}, ...lines.map((line) => row("−", line))));
    else block.append(...unchanged(lines, index === 0, index === parts.length - 1));
  });
  const key = el("p", { class: "lab-small" }, el("b", {}, "−"), ` ${names[0]}  `, el("b", {}, "+"), ` ${names[1]}`);
  return el("div", {}, key, block);
}

/** @param {string} text */
const ending = (text) => (text.endsWith("\n") ? text : `${text}\n`);

/**
 * @param {string} sign
 * @param {string} line
 */
const row = (sign, line) => el("span", { class: "lab-row" }, el("span", { class: "lab-sign" }, sign), line || " ");

/**
 * @param {string[]} lines
 * @param {boolean} first
 * @param {boolean} last
 */
function unchanged(lines, first, last) {
  const head = first ? 0 : AROUND;
  const tail = last ? 0 : AROUND;
  const left = lines.length - head - tail;
  if (left < 3) return lines.map((line) => row(" ", line));
  const gap = el("span", { class: "lab-row lab-gap" }, `… ${left} lines in which they are equal …`);
  const after = tail ? lines.slice(-tail) : [];
  return [...lines.slice(0, head).map((line) => row(" ", line)), gap, ...after.map((line) => row(" ", line))];
}
