// Defines `window.mermaid` on every page, and fetches the real library at the first diagram.
//
// It is a classic script, because the theme looks for the global before any module runs,
// and would ask another host for it where it is missing.
import { calmTheme, noteInPlaceOf, readable } from "./diagram-theme.js";
import { reachable } from "./scrolling.js";

const library = new URL("mermaid/mermaid.js", document.currentScript.src).href;
let settings = {};
let loading;

function load() {
  loading ??= import(library).then(({ default: mermaid }) => {
    mermaid.initialize(calmTheme(settings));
    return mermaid;
  });
  return loading;
}

window.mermaid = {
  initialize(given) {
    settings = given;
  },

  // Never rejects: a reader who cannot have the picture reads its source instead.
  async render(id, source) {
    try {
      const mermaid = await load();
      const { svg } = await mermaid.render(id, source);
      return { svg: readable(svg), fn: (root) => reachable(root.host, "Diagram") };
    } catch (failure) {
      console.error(failure);
      return { svg: noteInPlaceOf(source, failure) };
    }
  },
};
