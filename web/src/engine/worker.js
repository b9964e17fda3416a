// Runs in a worker: one interpreter, asked by the page for one verdict after the other.
import { loadPyodide } from "pyodide";
import { COURSE, startInterpreter } from "./interpreter.js";
import { limitMemory, serveFrom } from "./host.js";

/** @typedef {import("./types.js").ToWorker} ToWorker */
/** @typedef {import("./types.js").FromWorker} FromWorker */

const PRACTICE_SECONDS = 5;
/** What the learner's code may add to the memory that Python and the grader take. */
const MEMORY_BYTES = 512 * 2 ** 20;

/** How often a small suite of our own is run ahead: after so many the interpreter is as fast as it gets. */
const ROUNDS_AHEAD = 8;

/** @type {any} */
let grader;
/** @type {() => Promise<any>} */
let startOther;
/** @type {Promise<void> | undefined} */
let met;
let asked = 0;

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

const meetOther = () => (met ??= startOther().then((machine) => grader.meet(machine.serve)));

/**
 * Does ahead, in small steps, what a first run would wait for; a run that is asked for goes between two of them.
 * @param {Extract<ToWorker, { kind: "practise" }>} message
 */
async function practise({ unit, text, other }) {
  const mine = ++asked;
  if (other) await meetOther();
  for (let round = 0; round <= ROUNDS_AHEAD; round++) {
    await new Promise((resolve) => setTimeout(resolve));
    if (mine !== asked) return;
    if (round) grader.warm_up();
    else grader.run(unit, text, "hidden", COURSE, PRACTICE_SECONDS, () => {});
  }
  say({ kind: "practised" });
}

/** @param {Extract<ToWorker, { kind: "run" }>} message */
async function run({ unit, text, suite, seconds, other }) {
  asked++;
  if (other) await meetOther();
  say({ kind: "begun" });
  const post = (/** @type {string} */ json) => say({ kind: "event", json });
  say({ kind: "verdict", json: grader.run(unit, text, suite, COURSE, seconds, post) });
}

/** @param {Extract<ToWorker, { kind: "explore" }>} message */
async function explore({ unit, text, replay, seconds, other }) {
  asked++;
  if (other) await meetOther();
  say({ kind: "begun" });
  say({ kind: "verdict", json: grader.explore(unit, text, replay, COURSE, seconds) });
}

/** @param {Extract<ToWorker, { kind: "program" }>} message */
async function program({ text, seconds }) {
  asked++;
  say({ kind: "begun" });
  say({ kind: "verdict", json: grader.program(text, COURSE, seconds) });
}

self.onmessage = async ({ data }) => {
  try {
    await { start, practise, run, explore, program }[data.kind](/** @type {any} */ (data));
  } catch (problem) {
    say({ kind: "fatal", text: String(problem).slice(-600) });
  }
};
