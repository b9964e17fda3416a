// Runs in a worker: one interpreter, asked by the page for one verdict after the other.
import { loadPyodide } from "pyodide";
import { COURSE, startInterpreter } from "./interpreter.js";
import { limitMemory, serveFrom } from "./host.js";

/** @typedef {import("./types.js").ToWorker} ToWorker */
/** @typedef {import("./types.js").FromWorker} FromWorker */

/** What the learner's code may add to the memory that Python and the grader take. */
const MEMORY_BYTES = 512 * 2 ** 20;

/** @type {any} */
let grader;
/** @type {() => Promise<any>} */
let startOther;
/** @type {Promise<void> | undefined} */
let met;

/** @param {FromWorker} message */
const say = (message) => self.postMessage(message);

/** @param {Extract<ToWorker, { kind: "start" }>} message */
async function start({ files, lock }) {
  const options = await serveFrom(files, lock);
  const course = new Uint8Array(files.course);
  grader = await startInterpreter(loadPyodide, options, course, "main");
  startOther = () => startInterpreter(loadPyodide, options, course, "other");
  grader.warm_up();
  limitMemory(MEMORY_BYTES);
  say({ kind: "ready" });
}

/** @param {Extract<ToWorker, { kind: "run" }>} message */
async function run({ unit, text, suite, seconds, other }) {
  if (other) await (met ??= startOther().then((machine) => grader.meet(machine.serve)));
  const post = (/** @type {string} */ json) => say({ kind: "event", json });
  say({ kind: "verdict", json: grader.run(unit, text, suite, COURSE, seconds, post) });
}

self.onmessage = async ({ data }) => {
  try {
    await (data.kind === "start" ? start(data) : run(data));
  } catch (problem) {
    say({ kind: "fatal", text: String(problem).slice(-600) });
  }
};
