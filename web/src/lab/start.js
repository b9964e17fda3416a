// The door of the lab: mounts one on each stub of a page, after each instant navigation.
import { el } from "./dom.js";
import { Lab } from "./lab.js";
import { mark } from "./marks.js";
import { enliven } from "./program.js";
import { setBase, unitData, wrongProgram } from "./site.js";
import { showDecisive } from "./timeline.js";

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
  mark();
  for (const block of document.querySelectorAll(".program[data-program]:not([data-lively])"))
    enliven(/** @type {HTMLElement} */ (block));
  for (const story of document.querySelectorAll(".verdict[data-replay]:not([data-touch])"))
    touch(/** @type {HTMLElement} */ (story));
  for (const stub of document.querySelectorAll(".stub[data-unit]:not([data-lab])"))
    whenNear(/** @type {HTMLElement} */ (stub));
}

/**
 * Lets the reader go on from a story of the page itself.
 *
 * @param {HTMLElement} story
 */
async function touch(story) {
  const { unit: slug = "", wrong = "", replay = "" } = story.dataset;
  story.dataset.touch = "on";
  let program = "";
  const given = { slug, name: `${slug.slice(2, 4)}:${wrong}`, replay, text: () => program };
  const { asked, opener } = await import("./explore.js");
  const ready = async () => {
    program ||= await wrongProgram(slug, wrong);
    return given;
  };
  const drawing = /** @type {HTMLElement | null} */ (story.querySelector(".timeline"));
  if (drawing) requestAnimationFrame(() => showDecisive(drawing));
  story.closest("details")?.addEventListener("toggle", () => drawing && showDecisive(drawing));
  const open = asked(given.name);
  const folded = story.closest("details");
  if (open && folded) folded.open = true;
  story.append(opener("Go through this story, and change what goes wrong", ready, { open }));
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
