// The door of the lab: mounts one on each stub of a page, after each instant navigation.
import { el } from "./dom.js";
import { Lab } from "./lab.js";
import { setBase, unitData } from "./site.js";

/** How near to the window a stub has to be before its editor is fetched. */
const NEAR = "600px";
/** @type {Set<Lab>} */
const open = new Set();

/**
 * Brings the page to life. What it held before is closed.
 *
 * @param {string} base the address of the site's root
 */
export function start(base) {
  setBase(base);
  for (const lab of open) {
    if (lab.section.isConnected) continue;
    lab.close();
    open.delete(lab);
  }
  for (const stub of document.querySelectorAll(".stub[data-unit]:not([data-lab])"))
    whenNear(/** @type {HTMLElement} */ (stub));
}

/** @param {HTMLElement} stub */
function whenNear(stub) {
  stub.dataset.lab = "waiting";
  const watch = new IntersectionObserver(
    (entries) => {
      if (!entries.some((entry) => entry.isIntersecting)) return;
      watch.disconnect();
      mount(stub);
    },
    { rootMargin: NEAR },
  );
  watch.observe(stub);
}

/** @param {HTMLElement} stub */
async function mount(stub) {
  try {
    const [unit, { openEditor }] = await Promise.all([unitData(stub.dataset.unit ?? ""), import("./editor.js")]);
    if (!stub.isConnected) return;
    const lab = new Lab(unit, openEditor);
    open.add(lab);
    stub.append(lab.section);
    stub.dataset.lab = "on";
  } catch (error) {
    console.warn(error);
    stub.dataset.lab = "off";
    const words = "The editor could not be loaded here. The file below is yours to edit in any editor of your own.";
    stub.prepend(el("p", { class: "lab-small", role: "status" }, words));
  }
}
