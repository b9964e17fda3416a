// How far a learner is, on every list of units, and as a whole on the page of progress.
import { counted, el } from "./dom.js";
import { portable } from "./portable.js";
import { onProgress, progressOf } from "./progress.js";
import { saved } from "./work.js";

/** Puts a mark on each unit of each list; keeps them true while the page is open. */
export function mark() {
  for (const row of rows()) {
    const facts = row.querySelector(".unit-facts") ?? row;
    if (!facts.querySelector(".lab-mark-unit")) facts.append(el("span", { class: "lab-mark-unit" }));
  }
  for (const place of document.querySelectorAll("[data-progress]:empty")) {
    place.append(el("p", { class: "lab-sum" }), portable());
  }
  refresh();
}

function refresh() {
  const units = rows();
  for (const row of units) {
    const sign = /** @type {HTMLElement | null} */ (row.querySelector(".lab-mark-unit"));
    const [name, words] = standing(row.dataset.unit ?? "");
    if (sign) {
      sign.dataset.mark = name;
      sign.textContent = words;
    }
  }
  const solved = units.filter((row) => progressOf(row.dataset.unit ?? "").first_solved_at).length;
  for (const sum of document.querySelectorAll(".lab-sum")) {
    sum.textContent = `${solved} of ${counted(units.length, "unit")} solved in this browser.`;
  }
}

const rows = () => /** @type {HTMLElement[]} */ ([...document.querySelectorAll(".units li[data-unit]")]);

/**
 * @param {string} slug
 * @returns {[name: string, words: string]}
 */
function standing(slug) {
  const { first_solved_at: solved, attempts, hints_seen: seen, peeked } = progressOf(slug);
  const facts = [attempts && counted(attempts, "attempt"), seen && counted(seen, "hint"), peeked && "solution seen"];
  const rest = facts.filter(Boolean).join(", ");
  if (solved) return ["solved", `✓ solved${rest ? `, ${rest}` : ""}`];
  if (rest) return ["tried", `~ ${rest}`];
  return saved(slug) ? ["begun", "~ begun"] : ["", ""];
}

onProgress(refresh);
