// Small services to every page, repeated after each instant navigation.
import { reachable } from "./scrolling.js";

function serve() {
  // The theme wraps each table in a box that scrolls; the box of a wide one has to take the focus.
  for (const box of document.querySelectorAll(".md-typeset__scrollwrap")) reachable(box, "Table");
}

// The theme puts a bar with a copy button on each block of code, as a landmark; dozens of those lead nowhere.
new MutationObserver(() => {
  for (const bar of document.querySelectorAll("nav.md-code__nav:not([role])")) bar.setAttribute("role", "none");
}).observe(document.body, { childList: true, subtree: true });

window.document$.subscribe(() => requestAnimationFrame(serve));
