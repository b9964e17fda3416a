// The one run that is under way. It belongs to no page: a reader may leave, and find its result on coming back.
import { noteVerdict } from "./progress.js";
import { python } from "./python.js";
import { verdicts } from "./stored.js";

/** @typedef {import("./types.js").Verdict} Verdict */
/** @typedef {import("./types.js").PromiseResult} PromiseResult */
/** @typedef {import("./types.js").Suite} Suite */
/** @typedef {{ slug: string, suite: Suite, text: string, told: PromiseResult[] }} Run */
/** @typedef {{ text: string, verdict: Verdict }} Last */
/**
 * @typedef {{ kind: "loading", loaded: number, total: number, words: string }
 *   | { slug: string, suite: Suite } & ({ kind: "began" } | { kind: "promise", promise: PromiseResult }
 *   | { kind: "done", last: Last } | { kind: "ended", why: string })} Told
 */

const VERDICT_CHARACTERS_MAX = 300_000;
/** @type {Run | undefined} */
let current;
/** @type {Map<string, Last>} */
const newest = new Map();
/** @type {Set<(told: Told) => void>} */
const listeners = new Set();

/** @param {(told: Told) => void} hear */
export function listen(hear) {
  listeners.add(hear);
  return () => listeners.delete(hear);
}

export const running = () => current;

/**
 * The last verdict on a unit in this browser, with the text that it is about. One on its examples is for this visit.
 *
 * @param {string} slug
 * @param {Suite} [suite]
 * @returns {Last | undefined}
 */
export const lastVerdict = (slug, suite = "hidden") =>
  newest.get(`${suite} ${slug}`) ?? (suite === "hidden" ? verdicts.read(slug) : undefined);

/**
 * Puts away a verdict that cannot be shown; what was graded can be graded again.
 *
 * @param {string} slug
 */
export function putAway(slug) {
  newest.delete(`hidden ${slug}`);
  verdicts.putAside(slug);
}

/**
 * Starts Python, if it is not started; what is loaded is told. Never rejects.
 *
 * @param {{ slug: string, stub: string }} [unit] whose run comes next, as far as one can tell
 */
export async function warm(unit) {
  try {
    const engine = await python();
    if (unit) engine.practise({ unit: unit.slug, text: unit.stub });
    await engine.warm((loaded, total, words) => tell({ kind: "loading", loaded, total, words }));
  } catch {
    // Whoever presses Run is told why.
  }
}

/**
 * Grades a text. Everything that happens is told to who listens.
 *
 * @param {string} slug
 * @param {string} text
 * @param {Suite} [suite]
 */
export async function run(slug, text, suite = "hidden") {
  if (current) return;
  /** @type {Run} */
  const mine = { slug, suite, text, told: [] };
  current = mine;
  tell({ kind: "began", slug, suite });
  try {
    const verdict = await graded(mine);
    if (current !== mine) return;
    if (suite === "hidden") await noteVerdict(slug, text, verdict);
    current = undefined;
    remember(mine, { text, verdict });
    tell({ kind: "done", slug, suite, last: { text, verdict } });
  } catch (error) {
    if (current !== mine) return;
    current = undefined;
    const reason = String(/** @type {Error} */ (error)?.message ?? error).replace(/\.$/, "");
    tell({ kind: "ended", slug, suite, why: `Python could not run in this page: ${reason}.` });
  }
}

/** The story that is being told; a run waits for it. @type {Promise<PromiseResult> | undefined} */
let telling;

/**
 * Has one story told, with what else could have happened in it. Undefined while a run is under way.
 *
 * @param {string} slug
 * @param {string} text
 * @param {string} replay
 */
export async function explore(slug, text, replay) {
  if (current || telling) return undefined;
  telling = told(slug, text, replay);
  try {
    return await telling;
  } finally {
    telling = undefined;
  }
}

/**
 * @param {string} unit
 * @param {string} text
 * @param {string} replay
 */
async function told(unit, text, replay) {
  const engine = await python();
  await engine.warm((loaded, total, words) => tell({ kind: "loading", loaded, total, words }));
  return engine.explore({ unit, text, replay });
}

/**
 * Runs a program of a page. Undefined while a run is under way.
 *
 * @param {string} text
 */
export async function program(text) {
  if (current || telling) return undefined;
  const engine = await python();
  await engine.warm((loaded, total, words) => tell({ kind: "loading", loaded, total, words }));
  return current ? undefined : engine.program(text);
}

/** Ends the run at once; what the engine still says of it is not heard. */
export async function stop() {
  const stopped = current;
  if (!stopped) return;
  current = undefined;
  const { slug, suite } = stopped;
  tell({ kind: "ended", slug, suite, why: "Stopped. Nothing was noted of this run." });
  (await python()).stop();
  warm();
}

/** @param {Run} mine */
async function graded(mine) {
  await telling?.catch(() => undefined);
  const engine = await python();
  await engine.warm((loaded, total, words) => tell({ kind: "loading", loaded, total, words }));
  if (current !== mine) throw new Error("it was stopped");
  return engine.run({
    unit: mine.slug,
    text: mine.text,
    suite: mine.suite,
    onEvent: ({ kind, promise }) => {
      if (current !== mine || kind !== "promise") return;
      mine.told.push(promise);
      tell({ kind: "promise", slug: mine.slug, suite: mine.suite, promise });
    },
  });
}

/**
 * @param {Run} run
 * @param {Last} last
 */
function remember({ slug, suite }, last) {
  newest.set(`${suite} ${slug}`, last);
  if (suite === "hidden" && JSON.stringify(last).length <= VERDICT_CHARACTERS_MAX) verdicts.write(slug, last);
}

/**
 * How far Python is, in words; "" for what is said of something else.
 *
 * @param {Told} told
 */
export function loading(told) {
  if (told.kind !== "loading" || !told.total) return "";
  const size = (/** @type {number} */ bytes) => (bytes / 1_000_000).toFixed(1);
  if (told.loaded >= told.total) return "Starting Python …";
  return `Fetching Python, once: ${size(told.loaded)} of ${size(told.total)} MB`;
}

/** @param {Told} told */
function tell(told) {
  for (const hear of listeners) hear(told);
}
