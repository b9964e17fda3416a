// One Python: Pyodide with the standard library, the packages and the course in its memory, and nothing to fetch.

const HOME = "/halfway";
const NAMES = { main: "halfway.browser.worker", other: "halfway.browser.beside" };
const HASH_SEEDS = { main: "0", other: "20260105" };

/** What the grader uses of the standard library. */
const AHEAD = "argparse, asyncio, bdb, difflib, email, fractions, html, inspect, logging, platform, uuid";

export const COURSE = `${HOME}/course`;

/** An interpreter with the Python module that it is for, and with what comes to it later. */
class Interpreter {
  #python;
  #late;
  /** @type {Set<string>} */
  #units = new Set();

  /**
   * @param {any} python
   * @param {keyof typeof NAMES} which
   */
  constructor(python, which) {
    this.#python = python;
    this.#late = python.pyimport("halfway.browser.late");
    this.#late.expect(python.pyimport("pathlib").Path(HOME));
    this.module = python.pyimport(NAMES[which]);
  }

  /**
   * Puts what a unit needs in its place, once.
   * @param {string} unit
   * @param {ArrayBuffer | Uint8Array} part
   */
  hold(unit, part) {
    if (this.#units.has(unit)) return;
    this.#units.add(unit);
    this.#python.unpackArchive(part, "zip", { extractDir: HOME });
  }

  /** What was looked for and had not come, since somebody asked last; "" for nothing. @returns {string} */
  missed() {
    return this.#late.missed();
  }

  /**
   * Puts the rest of the library in its place.
   * @param {ArrayBuffer | Uint8Array} late
   */
  arrive(late) {
    const bytes = this.#python.toPy(new Uint8Array(late));
    this.#late.arrive(bytes, this.#python.pyimport("pathlib").Path(HOME));
    bytes.destroy();
  }
}

/**
 * Starts an interpreter, which loads what the grader uses of the library, and gives what ends its start with the course.
 * @param {Function} loadPyodide
 * @param {object} options how Pyodide finds its own files
 * @param {keyof NAMES} which the grader, or the other machine that it asks
 * @returns {Promise<(course: Uint8Array) => Interpreter>}
 */
export async function startInterpreter(loadPyodide, options, which) {
  const env = { PYTHONHASHSEED: HASH_SEEDS[which], PYTHONDONTWRITEBYTECODE: "1", HOME };
  const python = await loadPyodide({ ...options, env, jsglobals: globalThis, checkAPIVersion: false });
  python.runPython(`import ${AHEAD}`);
  return (course) => {
    python.unpackArchive(course, "zip", { extractDir: HOME });
    python.runPython(`import sys; sys.path.insert(0, "${HOME}/packages")`);
    return new Interpreter(python, which);
  };
}
