// What the parts of the engine say to each other. Types alone.

/** @typedef {"cold" | "loading" | "ready" | "running"} State */
/** @typedef {import("../verdict-form.js").Verdict["suite"]} Suite */
/** @typedef {import("../verdict-form.js").Frame} Frame */

/**
 * @typedef {import("../verdict-form.js").PromiseResult & { svg?: string }} PromiseJson a promise, and its timeline as
 *   a drawing, "" where it has none
 *
 * @typedef {object} Shown
 * @property {PromiseJson[]} promises
 * @property {string} source_hash the same as sha256
 * @property {string} timeline_svg the drawing of the first promise that is not kept
 * @property {Frame[]} frames its frames
 *
 * @typedef {Omit<import("../verdict-form.js").Verdict, "promises"> & Shown} Verdict the versioned JSON of
 *   halfway.grading.Verdict, with what a page shows of it
 *
 * @typedef {{ kind: "started", promise: { id: string, text: string } } | { kind: "promise", promise: PromiseJson }} RunEvent
 *
 * @typedef {object} Practice
 * @property {string} unit
 * @property {string} text code of ours: nothing watches over it
 *
 * @typedef {object} Run
 * @property {string} unit
 * @property {string} text
 * @property {Suite} suite
 * @property {(event: RunEvent) => void} [onEvent]
 * @property {string} [replay] one story, told alone
 */

/**
 * @typedef {object} UnitInfo
 * @property {string} file
 * @property {boolean} other_machine
 * @property {[string, string][]} hidden
 * @property {[string, string][]} examples
 *
 * @typedef {object} Manifest
 * @property {1} schema
 * @property {string} worker
 * @property {string} python
 * @property {string} halfway
 * @property {object} lock
 * @property {Record<keyof Files, { url: string, bytes: number, turned: boolean }>} files
 * @property {Record<string, UnitInfo>} units
 *
 * @typedef {object} Files
 * @property {WebAssembly.Module} wasm
 * @property {Blob} script
 * @property {ArrayBuffer} stdlib
 * @property {ArrayBuffer} course
 *
 * @typedef {{ kind: "start", files: Files, lock: object }
 *   | { kind: "practise", unit: string, text: string, other: boolean }
 *   | { kind: "program", text: string, seconds: number }
 *   | { kind: "explore", unit: string, text: string, replay: string, seconds: number, other: boolean }
 *   | { kind: "run", unit: string, text: string, suite: Suite, seconds: number, other: boolean }} ToWorker
 * @typedef {{ kind: "ready" } | { kind: "practised" } | { kind: "begun" } | { kind: "event", json: string } | { kind: "verdict", json: string }
 *   | { kind: "fatal", text: string }} FromWorker
 */

export {};
