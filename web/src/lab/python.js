// The one place that knows the engine, which runs the graders. It is fetched when an editor first has the focus,
// and stays warm while the reader goes from page to page.
import { base } from "./site.js";

/** @typedef {import("./types.js").Engine} Engine */

/** @type {Promise<Engine> | undefined} */
let engine;

/** @returns {Promise<Engine>} */
export function python() {
  engine ??= import("../engine/engine.js").then(({ createEngine }) => createEngine({ base }));
  engine.catch(() => {
    engine = undefined;
  });
  return engine;
}
