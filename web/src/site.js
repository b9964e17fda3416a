// Small services to every page, repeated after each instant navigation.
import { reachable } from "./scrolling.js";

const script = document.currentScript.src;
const base = new URL("../../", script).href;
const lab = new URL("lab/lab.mjs", script).href;
// What the lab brings to life. A page without any of it does not fetch the lab.
const LIVELY = ".stub[data-unit], .units [data-unit], [data-progress]";

function serve() {
  if (document.querySelector(LIVELY)) enliven();

  // The theme wraps each table in a box that scrolls; the box of a wide one has to take the focus.
  for (const box of document.querySelectorAll(".md-typeset__scrollwrap")) reachable(box, "Table");
}

// Without it the page stays as it was built: the stub to read, and the command to type.
async function enliven() {
  try {
    const { start } = await import(lab);
    start(base);
  } catch (failure) {
    console.warn("The lab could not be loaded.", failure);
  }
}

// The theme puts a bar with a copy button on each block of code, as a landmark; dozens of those lead nowhere.
new MutationObserver(() => {
  for (const bar of document.querySelectorAll("nav.md-code__nav:not([role])")) bar.setAttribute("role", "none");
}).observe(document.body, { childList: true, subtree: true });

window.document$.subscribe(() => requestAnimationFrame(serve));
