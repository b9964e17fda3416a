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

/** @typedef {ReturnType<Awaited<ReturnType<typeof startInterpreter>>>} Interpreter */

/** @type {Interpreter} */
let main;
/** @type {() => ReturnType<typeof startInterpreter>} */
let startOther;
/** @type {Promise<Interpreter> | undefined} */
let other;
/** What no first verdict needs, once it has come. @type {ArrayBuffer | undefined} */
let late;
let asked = 0;

/** @param {FromWorker} message */
const say = (message) => self.postMessage(message);

/** @type {Uint8Array | undefined} */
let course;
/** @type {(course: Uint8Array) => void} */
let tellCourse;
/** @type {Promise<Uint8Array>} */
const courseIsHere = new Promise((resolve) => (tellCourse = resolve));

/** @type {() => void} */
let tellLate;
/** @type {Promise<void>} */
const lateIsHere = new Promise((resolve) => (tellLate = resolve));

/** @param {Extract<ToWorker, { kind: "start" }>} message */
async function start({ files, lock, other: needsOther }) {
  const options = await serveFrom(files, lock);
  const begun = await startInterpreter(loadPyodide, options, "main");
  startOther = () => startInterpreter(loadPyodide, options, "other");
  if (needsOther && !course) {
    const otherBegun = await startOther(); // the course is still on its way
    startOther = async () => otherBegun;
  }
  main = begun(await courseIsHere);
  main.module.warm_up();
  limitMemory(MEMORY_BYTES);
  if (late) main.arrive(late);
  say({ kind: "ready" });
}

/** @param {Extract<ToWorker, { kind: "course" }>} message */
async function take({ course: bytes, late: rest }) {
  if (rest) {
    late = rest;
    tellLate();
  }
  course = new Uint8Array(bytes);
  tellCourse(course);
}

/** @param {{ late: ArrayBuffer }} message */
async function arrive(message) {
  if (late) return;
  late = message.late;
  main.arrive(late);
  (await other)?.arrive(late);
  tellLate();
}

/** Starts the other machine, if it is not there. */
function meetOther() {
  other ??= startOther().then(async (begun) => {
    const machine = begun(await courseIsHere);
    if (late) machine.arrive(late);
    main.module.meet(machine.module.serve);
    return machine;
  });
  return other;
}

/**
 * Holds what a unit needs ready.
 * @param {{ unit: string, part: ArrayBuffer, other: boolean }} message
 */
async function prepare({ unit, part, other: needsOther }) {
  main.hold(unit, part);
  if (needsOther) (await meetOther()).hold(unit, part);
}

/**
 * Does ahead, in small steps, what a first run would wait for; a run that is asked for goes between two of them.
 * @param {Extract<ToWorker, { kind: "practise" }>} message
 */
async function practise(message) {
  const mine = ++asked;
  await prepare(message);
  for (let round = 0; round <= ROUNDS_AHEAD; round++) {
    await new Promise((resolve) => setTimeout(resolve));
    if (mine !== asked) return;
    if (round) main.module.warm_up();
    else main.module.run(message.unit, message.text, "hidden", COURSE, PRACTICE_SECONDS, () => {});
  }
  say({ kind: "practised" });
}

/**
 * Gives an answer; where it looked for what was still on its way, it is given again when that is there.
 * @param {(post: (json: string) => void) => string} answer
 */
async function tell(answer) {
  const post = (/** @type {string} */ json) => say({ kind: "event", json });
  /** @type {string[]} */
  const held = [];
  await missed(); // what was looked for before is nobody's now
  say({ kind: "begun" });
  let json = answer(late ? post : (event) => held.push(event));
  if (!late && (await missed())) {
    say({ kind: "missed" });
    await lateIsHere;
    say({ kind: "begun" });
    json = answer(post);
  } else held.forEach(post);
  say({ kind: "verdict", json });
}

const missed = async () => [main, await other].filter((machine) => machine?.missed()).length > 0;

/** @param {Extract<ToWorker, { kind: "run" }>} message */
async function run(message) {
  const { unit, text, suite, seconds } = message;
  asked++;
  await prepare(message);
  await tell((post) => main.module.run(unit, text, suite, COURSE, seconds, post));
}

/** @param {Extract<ToWorker, { kind: "explore" }>} message */
async function explore(message) {
  const { unit, text, replay, seconds } = message;
  asked++;
  await prepare(message);
  await tell(() => main.module.explore(unit, text, replay, COURSE, seconds));
}

/** @param {Extract<ToWorker, { kind: "program" }>} message */
async function program({ text, seconds }) {
  asked++;
  await tell(() => main.module.program(text, COURSE, seconds));
}

self.onmessage = async ({ data }) => {
  try {
    await { start, course: take, late: arrive, practise, run, explore, program }[data.kind](/** @type {any} */ (data));
  } catch (problem) {
    say({ kind: "fatal", text: String(problem).slice(-600) });
  }
};
