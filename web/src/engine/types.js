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
 * @typedef {{ url: string, bytes: number, turned: boolean }} PackedFile a file below lab/, packed with xz
 *
 * @typedef {object} UnitInfo
 * @property {PackedFile} part what the grader reads of this unit and of no other
 * @property {string} file
 * @property {boolean} other_machine
 * @property {[string, string][]} hidden
 * @property {[string, string][]} examples
 *
 * @typedef {object} Manifest
 * @property {2} schema
 * @property {string} worker
 * @property {string} unpacker
 * @property {string} python
 * @property {string} halfway
 * @property {object} lock
 * @property {Record<keyof PythonFiles | "course" | "late", PackedFile>} files
 * @property {Record<string, UnitInfo>} units
 *
 * @typedef {object} PythonFiles
 * @property {WebAssembly.Module} wasm
 * @property {Blob} script
 * @property {ArrayBuffer} stdlib
 *
 * @typedef {{ python: Promise<PythonFiles>, course: Promise<ArrayBuffer> }} Fetched
 *
 * @typedef {{ unit: string, part: ArrayBuffer, text: string, other: boolean }} OfUnit
 *
 * @typedef {{ kind: "start", files: PythonFiles, lock: object, other: boolean }
 *   | { kind: "course", course: ArrayBuffer, late?: ArrayBuffer }
 *   | { kind: "late", late: ArrayBuffer }
 *   | ({ kind: "practise" } & OfUnit)
 *   | { kind: "program", text: string, seconds: number }
 *   | ({ kind: "explore", replay: string, seconds: number } & OfUnit)
 *   | ({ kind: "run", suite: Suite, seconds: number } & OfUnit)} ToWorker
 * @typedef {{ kind: "ready" } | { kind: "practised" } | { kind: "begun" } | { kind: "missed" } | { kind: "event", json: string }
 *   | { kind: "verdict", json: string } | { kind: "fatal", text: string }} FromWorker
 */

export {};
