// One Python: Pyodide with the standard library, the packages and the course in its memory, and nothing to fetch.

const HOME = "/halfway";
const NAMES = { main: "halfway.browser.worker", other: "halfway.browser.beside" };
const HASH_SEEDS = { main: "0", other: "20260105" };

/**
 * Starts an interpreter and gives the Python module that it is for.
 * @param {Function} loadPyodide
 * @param {object} options how Pyodide finds its own files
 * @param {Uint8Array} course
 * @param {keyof NAMES} which the grader, or the other machine that it asks
 * @returns {Promise<any>}
 */
export async function startInterpreter(loadPyodide, options, course, which) {
  const env = { PYTHONHASHSEED: HASH_SEEDS[which], PYTHONDONTWRITEBYTECODE: "1", HOME };
  const python = await loadPyodide({ ...options, env, jsglobals: globalThis, checkAPIVersion: false });
  python.unpackArchive(course, "zip", { extractDir: HOME });
  python.runPython(`import sys; sys.path.insert(0, "${HOME}/packages")`);
  return python.pyimport(NAMES[which]);
}

export const COURSE = `${HOME}/course`;
