// The grader of the course inside the page: Pyodide in a worker, which this file starts, asks, watches and ends.
//
// Nothing is fetched before `warm()`. Whatever the learner's code does, `run()` resolves to a verdict and the page
// stays alive: what does not end by itself is ended from here, and the next worker starts at once.
import { fetchFiles, fetchOne, readManifest } from "./files.js";
import { openVerdict } from "./verdict.js";

/** @typedef {import("./types.js").Manifest} Manifest */
/** @typedef {import("./types.js").Fetched} Fetched */
/** @typedef {import("./types.js").Verdict} Verdict */
/** @typedef {import("./types.js").Run} Run */
/** @typedef {import("./types.js").Practice} Practice */
/** @typedef {import("./types.js").State} State */
/** @typedef {import("./types.js").FromWorker} FromWorker */

/**
 * How long a run may take by its own clock, and how much longer before it is ended from outside.
 *
 * A browser's Python is several times slower than the terminal's, which has 5 s, and nobody knows how slow the
 * reader's machine is: a right answer must never be told that it ran out of time. *Stop* ends a run at once.
 */
const SECONDS = 15;
const GRACE_MS = 1_000;
/** How long a run may wait for the step that the worker is in. */
const BEGIN_MS = 30_000;
/** How long the line is left to a first verdict before the rest of the library comes. */
const PAUSE_MS = 4_000;

/** @param {{ base: string, seconds?: number }} options the URL of the site's root, and the limit on a run */
export function createEngine({ base, seconds = SECONDS }) {
  return new Engine(new URL("lab/", new URL(base, location.href)).href, seconds);
}

export class Engine {
  /** @type {State} */
  state = "cold";
  /** @type {(state: State) => void} */
  onstate = () => {};
  /** How long a run may take; a change counts from the next run on. */
  seconds = SECONDS;
  /** @type {string} */
  #home;
  /** @type {Promise<[Manifest, Fetched]> | null} */
  #fetched = null;
  /** What each unit alone needs. @type {Map<string, Promise<ArrayBuffer>>} */
  #parts = new Map();
  /** What no first verdict needs, once it is asked for, and once it is here. @type {Promise<void> | null} */
  #late = null;
  /** @type {ArrayBuffer | undefined} */
  #lateBytes;
  /** @type {Promise<void> | null} */
  #warm = null;
  /** @type {Worker | null} */
  #worker = null;
  /** @type {Practice | null} */
  #practice = null;
  /** @type {((verdict: Verdict | null, why: string) => void) | null} */
  #end = null;
  /** @type {Set<(loaded: number, total: number, words: string) => void>} */
  #listeners = new Set();
  /** @type {[number, number, string] | null} */
  #progress = null;

  /**
   * @param {string} home
   * @param {number} seconds
   */
  constructor(home, seconds) {
    this.#home = home;
    this.seconds = seconds;
  }

  /**
   * Fetches what a verdict needs and starts the worker; a second call waits for the first.
   * @param {(loadedBytes: number, totalBytes: number, words: string) => void} [onProgress]
   * @returns {Promise<void>}
   */
  async warm(onProgress) {
    if (onProgress) {
      this.#listeners.add(onProgress);
      if (this.#progress) onProgress(...this.#progress);
    }
    this.#warm ??= this.#start().catch((problem) => {
      this.#warm = null;
      this.#become("cold");
      throw problem;
    });
    try {
      await this.#warm;
    } finally {
      if (onProgress) this.#listeners.delete(onProgress);
    }
  }

  /**
   * Uses the time until somebody presses Run: what a first run of this unit would wait for is done ahead.
   * @param {Practice} practice
   */
  practise(practice) {
    if (this.#practice?.unit === practice.unit) return;
    this.#practice = practice;
    if (this.state === "ready") this.#practise();
  }

  /**
   * Gives the verdict on `text`. Rejects only if the grader itself cannot be fetched or started.
   * @param {Run} run
   * @returns {Promise<Verdict>}
   */
  async run(run) {
    if (this.#end) throw new Error("A run is under way: stop() ends it.");
    let stopped = false;
    this.#end = () => (stopped = true);
    try {
      await this.warm();
      const [manifest] = await /** @type {Promise<[Manifest, Fetched]>} */ (this.#fetched);
      const open = openVerdict(manifest, run);
      const { unit, text, suite, replay } = run;
      const part = await this.#part(manifest, unit);
      const asked = { unit, part, text, seconds: this.seconds, other: open.asksAnotherMachine };
      const message = replay === undefined ? { kind: "run", suite, ...asked } : { kind: "explore", replay, ...asked };
      return stopped ? open.closed("stopped", this.seconds) : await this.#ask(message, open, run);
    } finally {
      this.#end = null;
    }
  }

  /**
   * Tells one story of a unit, and what else could have happened in it. Whatever else becomes of it is told as `saw`.
   * @param {{ unit: string, text: string, replay: string }} story
   * @returns {Promise<import("./types.js").PromiseJson>}
   */
  async explore(story) {
    const told = /** @type {any} */ (await this.run({ ...story, suite: "hidden" }));
    return told.promises?.find((/** @type {any} */ one) => one.saw) ?? told.promises?.[0] ?? told;
  }

  /**
   * Runs a program of a page: what it printed, and how it ended.
   * @param {string} text
   * @returns {Promise<{ printed: string, error: string, line: number }>}
   */
  async program(text) {
    if (this.#end) throw new Error("A run is under way: stop() ends it.");
    this.#end = () => {};
    try {
      await this.warm();
      const open = {
        hear: () => {},
        asksAnotherMachine: false,
        wantsFreshWorker: () => false,
        closed: (/** @type {string} */ why) => ({ printed: "", error: endedFromOutside(why, this.seconds), line: 0 }),
      };
      return /** @type {any} */ (
        await this.#ask({ kind: "program", text, seconds: this.seconds }, /** @type {any} */ (open))
      );
    } finally {
      this.#end = null;
    }
  }

  /** Ends a run at once, whatever it is doing. */
  stop() {
    this.#end?.(null, "stopped");
  }

  // ---- starting

  async #start() {
    this.#become("loading");
    this.#fetched ??= this.#fetch().catch((problem) => {
      this.#fetched = null;
      throw problem;
    });
    await this.#startWorker(...(await this.#fetched));
    this.#tellAll("ready");
    this.#become("ready");
    await this.#practise().catch(() => {}); // a run will say why
    setTimeout(() => this.#bring().catch(() => {}), PAUSE_MS); // who looks for it before is not kept waiting
  }

  async #practise() {
    if (!this.#practice || !this.#fetched) return;
    const [manifest] = await this.#fetched;
    const practice = this.#practice;
    const other = manifest.units[practice.unit]?.other_machine;
    if (other === undefined) return;
    const part = await this.#part(manifest, practice.unit);
    this.#worker?.postMessage({ kind: "practise", ...practice, part, other });
  }

  /** @returns {Promise<[Manifest, Fetched]>} */
  async #fetch() {
    const manifest = await readManifest(this.#home);
    if (this.#practice) this.#part(manifest, this.#practice.unit).catch(() => {}); // a run will say why
    const files = fetchFiles(this.#home, manifest, (loaded, total) =>
      this.#tell(loaded, total, "fetching Python and the grader"),
    );
    Promise.all(Object.values(files)).catch(() => (this.#fetched = null));
    return [manifest, files];
  }

  /**
   * Gives what the grader reads of one unit alone.
   * @param {Manifest} manifest
   * @param {string} unit
   */
  #part(manifest, unit) {
    const info = manifest.units[unit];
    if (!info) return Promise.reject(new Error(`No unit is named ${JSON.stringify(unit)}.`));
    let part = this.#parts.get(unit);
    if (!part) {
      part = fetchOne(this.#home, manifest, info.part);
      this.#parts.set(unit, part);
      part.catch(() => this.#parts.delete(unit));
    }
    return part;
  }

  /** Brings the worker what no first verdict needs. */
  async #bring() {
    const [manifest] = await /** @type {Promise<[Manifest, Fetched]>} */ (this.#fetched);
    this.#late ??= fetchOne(this.#home, manifest, manifest.files.late).then(
      (bytes) => void (this.#lateBytes = bytes),
      (problem) => {
        this.#late = null;
        throw problem;
      },
    );
    await this.#late;
    this.#worker?.postMessage({ kind: "late", late: this.#lateBytes });
  }

  /**
   * Starts Python as soon as it is there, and hands it the course.
   * @param {Manifest} manifest
   * @param {Fetched} files
   * @returns {Promise<void>}
   */
  async #startWorker(manifest, { python, course }) {
    const files = await python;
    const worker = new Worker(this.#home + manifest.worker, { type: "module" });
    this.#worker = worker;
    const started = new Promise((resolve, reject) => {
      worker.onerror = (event) =>
        reject(new Error(`The grader did not start: ${event.message ?? "its script failed"}`));
      worker.onmessage = ({ data }) => {
        if (data.kind === "ready") resolve(undefined);
        else if (data.kind === "fatal") reject(new Error(`The grader did not start: ${data.text}`));
      };
      const other = manifest.units[this.#practice?.unit ?? ""]?.other_machine ?? false;
      worker.postMessage({ kind: "start", files, lock: manifest.lock, other });
    });
    const handed = course.then((bytes) => {
      this.#tellAll("starting Python");
      worker.postMessage({ kind: "course", course: bytes, late: this.#lateBytes });
    });
    await Promise.all([started, handed]).catch((problem) => {
      worker.terminate();
      throw problem;
    });
  }

  // ---- one run

  /**
   * @param {object} message what the worker is asked
   * @param {ReturnType<typeof openVerdict>} open
   * @param {Run} [run] who hears of what comes meanwhile
   * @returns {Promise<Verdict>}
   */
  #ask(message, open, run) {
    const worker = /** @type {Worker} */ (this.#worker);
    this.#become("running");
    return new Promise((resolve, reject) => {
      /** @type {(verdict: Verdict | null, why: string) => void} */
      const end = (verdict, why) => {
        clearTimeout(watchdog);
        worker.onmessage = worker.onerror = null;
        const whole = verdict ?? open.closed(why, this.seconds);
        if (verdict && !open.wantsFreshWorker(verdict)) this.#become("ready");
        else this.#replaceWorker();
        resolve(whole);
      };
      let watchdog = setTimeout(end, BEGIN_MS, null, "crashed: the run did not begin");
      const begun = () => {
        clearTimeout(watchdog);
        watchdog = setTimeout(end, this.seconds * 1_000 + GRACE_MS, null, "late");
      };
      const missed = () => {
        clearTimeout(watchdog);
        this.#bring().catch((problem) => {
          reject(problem); // first: what ends it says no more
          end(null, "stopped");
        });
      };
      this.#end = end;
      worker.onerror = (event) => end(null, `crashed: ${event.message}`);
      worker.onmessage = ({ data }) => {
        if (data.kind === "begun") begun();
        else if (data.kind === "missed") missed();
        else hear(data, open, run, end);
      };
      worker.postMessage(message);
    });
  }

  /** Ends the worker, and starts the next one before anybody asks for it. */
  #replaceWorker() {
    this.#worker?.terminate();
    this.#worker = null;
    this.#warm = null;
    this.#become("cold");
    this.warm().catch(() => {}); // whoever asks next is told
  }

  /** @param {State} state */
  #become(state) {
    if (this.state === state) return;
    this.state = state;
    this.onstate(state);
  }

  /** @param {string} words what goes on now that all has come */
  #tellAll(words) {
    const [, total] = this.#progress ?? [0, 0];
    this.#tell(total, total, words);
  }

  /**
   * @param {number} loaded
   * @param {number} total
   * @param {string} words
   */
  #tell(loaded, total, words) {
    this.#progress = [loaded, total, words];
    for (const listener of this.#listeners) listener(loaded, total, words);
  }
}

/**
 * @param {FromWorker} data
 * @param {ReturnType<typeof openVerdict>} open
 * @param {Run | undefined} run
 * @param {(verdict: Verdict | null, why: string) => void} end
 */
function hear(data, open, run, end) {
  if (data.kind === "verdict") end(JSON.parse(data.json), "");
  else if (data.kind === "fatal") end(null, `crashed: ${data.text}`);
  else if (data.kind === "event") {
    const event = JSON.parse(data.json);
    open.hear(event);
    run?.onEvent?.(event);
  }
}

/**
 * @param {string} why
 * @param {number} seconds
 */
function endedFromOutside(why, seconds) {
  if (why === "late") return `it was stopped: after ${seconds} s it was still running`;
  return why === "stopped" ? "it was stopped" : "it ended the page's Python";
}
