// Defines `window.mermaid` on every page, and fetches the real library at the first diagram.
//
// It is a classic script, because the theme looks for the global before any module runs,
// and would ask another host for it where it is missing.
import { calmTheme, noteInPlaceOf, readable } from "./diagram-theme.js";
import { reachable } from "./scrolling.js";

const AGAIN_AFTER_MS = 500;
let library = new URL("mermaid/mermaid.js", document.currentScript.src).href;
let settings = {};
let loading;

async function load() {
  try {
    const { default: mermaid } = await import(library);
    mermaid.initialize(calmTheme(settings));
    return mermaid;
  } catch (failure) {
    // The next try has another address: a browser may remember that this one failed.
    library = `${library.split("?", 1)[0]}?${performance.now()}`;
    loading = undefined;
    throw failure;
  }
}

async function drawn(id, source) {
  loading ??= load();
  const { svg } = await (await loading).render(id, source);
  return readable(svg);
}

/** Tries twice: a connection that was lost once is no reason to go without. */
async function drawnOrTold(id, source) {
  try {
    return await drawn(id, source).catch(async () => {
      await new Promise((done) => setTimeout(done, AGAIN_AFTER_MS));
      return drawn(id, source);
    });
  } catch (failure) {
    console.error(failure);
    return noteInPlaceOf(source, failure);
  }
}

window.mermaid = {
  initialize(given) {
    settings = given;
  },

  // Never rejects: a reader who cannot have the picture reads its source instead.
  async render(id, source) {
    return { svg: await drawnOrTold(id, source), fn: (root) => reachable(root.host, "Diagram") };
  },
};
