// Small services to every page, repeated after each instant navigation.
import { reachable, watch } from "./scrolling.js";

const script = document.currentScript.src;
const base = new URL("../../", script).href;
const lab = new URL("lab/lab.js", script).href;
// What the lab brings to life. A page without any of it does not fetch the lab.
const LIVELY = ".stub[data-unit], .program[data-program], .verdict[data-replay], .units [data-unit], [data-progress]";

const FROM_A_FILE =
  "You opened this page as a file, and a browser gives a file neither editor nor search nor diagrams. " +
  "In the course folder, python3 course.py site --serve shows the same pages with all of it.";

function serve() {
  if (document.querySelector(LIVELY)) enliven();

  reachAll();
}

// The theme wraps each table in a box that scrolls; the box of a wide one, and wide code, have to take the focus.
function reachAll() {
  for (const box of document.querySelectorAll(".md-typeset__scrollwrap")) reachable(box, "Table");
  for (const box of document.querySelectorAll("div.mermaid")) reachable(box, "Diagram");
  for (const box of document.querySelectorAll("article pre > code")) reachable(box, "Code");
  watchAll();
}

function watchAll() {
  for (const box of document.querySelectorAll("article :is(.timeline, pre > code)")) watch(box);
}

// Paper unfolds nothing: what is folded is printed whole, and folded again.
addEventListener("beforeprint", () => {
  for (const one of document.querySelectorAll("article details:not([open])")) {
    one.open = true;
    addEventListener("afterprint", () => (one.open = false), { once: true });
  }
});

// A window that is made narrow makes things wide that were not.
addEventListener("resize", () => requestAnimationFrame(reachAll));

function sayHowToServe() {
  const article = document.querySelector("article");
  if (!article || article.querySelector(".from-a-file")) return;
  const note = document.createElement("p");
  note.className = "from-a-file";
  note.setAttribute("role", "note");
  note.textContent = FROM_A_FILE;
  article.prepend(note);
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
// Code in what a search has found scrolls, and is reached by the keyboard like every other.
// What the lab makes fades at its edges as the rest does.
new MutationObserver(() => {
  watchAll();
  for (const bar of document.querySelectorAll("nav.md-code__nav:not([role])")) bar.setAttribute("role", "none");
  for (const box of document.querySelectorAll(".md-search-result :is(pre, pre > code):not([tabindex])"))
    reachable(box, "Code");
}).observe(document.body, { childList: true, subtree: true });

// What was loaded before the worker was there is told to it, so that a second visit finds it without a network.
async function workOffline() {
  try {
    await navigator.serviceWorker.register(`${base}sw.js`, { scope: base, updateViaCache: "none" });
    const { active } = await navigator.serviceWorker.ready;
    active.postMessage({ loaded: performance.getEntriesByType("resource").map((entry) => entry.name) });
  } catch (failure) {
    console.info("These pages need a network.", failure);
  }
}

if (navigator.serviceWorker && location.protocol !== "file:") {
  if (document.readyState === "complete") workOffline();
  else addEventListener("load", workOffline, { once: true });
}

// From a file the theme never says that a page is there, and no module can be loaded.
if (location.protocol === "file:") sayHowToServe();
window.document$.subscribe(() => requestAnimationFrame(serve));
