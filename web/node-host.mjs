// The page's grader without a page: `node node-host.mjs LAB`, where LAB is the folder lab/ of a built site.
//
// Reads one JSON line a run, {"unit", "text", "suite"} or {"unit", "text", "replay"}, and writes its verdict as one JSON line. Where the
// interpreter dies of a run it says {"died": why} and ends.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import { gunzipSync } from "node:zlib";
import { loadPyodide } from "pyodide";
import { COURSE, startInterpreter } from "./src/engine/interpreter.js";

const lab = process.argv[2];
if (!lab) throw new Error("usage: node node-host.mjs LAB");
const SECONDS = 30;

const manifest = JSON.parse(readFileSync(path.join(lab, "engine.json"), "utf8"));
const unpacked = (name) => {
  const { url, turned } = manifest.files[name];
  const packed = readFileSync(path.join(lab, url));
  return new Uint8Array(gunzipSync(turned ? packed.reverse() : packed));
};
const folder = mkdtempSync(path.join(tmpdir(), "halfway-"));
const stdLibURL = path.join(folder, "python_stdlib.zip");
writeFileSync(stdLibURL, unpacked("stdlib"));
const course = unpacked("course");
const start = (which) => startInterpreter(loadPyodide, { stdLibURL, lockFileContents: manifest.lock }, course, which);

const grader = await start("main");
grader.warm_up();
grader.meet((await start("other")).serve);
rmSync(folder, { recursive: true });

for await (const line of createInterface({ input: process.stdin })) {
  const { unit, text, suite, replay } = JSON.parse(line);
  try {
    if (replay !== undefined) console.log(grader.explore(unit, text, replay, COURSE, SECONDS));
    else console.log(grader.run(unit, text, suite, COURSE, SECONDS, () => {}));
  } catch (problem) {
    console.log(JSON.stringify({ died: String(problem).slice(-600) }));
    process.exit(1);
  }
}
