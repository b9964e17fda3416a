// The page's grader without a page: `node node-host.mjs LAB`, where LAB is the folder lab/ of a built site.
//
// Reads one JSON line a run, {"unit", "text", "suite"} or {"unit", "text", "replay"}, and writes its verdict as one JSON line,
// with `late`: the modules that it looked for and that a page fetches after its first verdict. They are there from then on.
// Where the interpreter dies of a run it says {"died": why} and ends.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import { loadPyodide } from "pyodide";
import xz from "xz-decompress";
import { COURSE, startInterpreter } from "./src/engine/interpreter.js";

const lab = process.argv[2];
if (!lab) throw new Error("usage: node node-host.mjs LAB");
const SECONDS = 30;

const manifest = JSON.parse(readFileSync(path.join(lab, "engine.json"), "utf8"));
const unpacked = async ({ url, turned }) => {
  const packed = readFileSync(path.join(lab, url));
  const stream = new xz.XzReadableStream(new Blob([turned ? packed.reverse() : packed]).stream());
  return new Uint8Array(await new Response(stream).arrayBuffer());
};
const folder = mkdtempSync(path.join(tmpdir(), "halfway-"));
const stdLibURL = path.join(folder, "python_stdlib.zip");
writeFileSync(stdLibURL, await unpacked(manifest.files.stdlib));
const course = await unpacked(manifest.files.course);
const options = { stdLibURL, lockFileContents: manifest.lock };
const start = async (which) => (await startInterpreter(loadPyodide, options, which))(course);

const machines = [await start("main"), await start("other")];
const [grader, other] = machines.map(({ module }) => module);
grader.warm_up();
grader.meet(other.serve);
rmSync(folder, { recursive: true });
/** @type {Uint8Array | undefined} */
let late;

for await (const line of createInterface({ input: process.stdin })) {
  const { unit, text, suite, replay } = JSON.parse(line);
  try {
    const part = await unpacked(manifest.units[unit].part);
    for (const machine of machines) machine.hold(unit, part);
    let told = answer(unit, text, suite, replay);
    const missed = machines
      .map((machine) => machine.missed())
      .join(" ")
      .trim();
    if (missed && !late) {
      late = await unpacked(manifest.files.late);
      for (const machine of machines) machine.arrive(late);
      told = answer(unit, text, suite, replay);
    }
    console.log(JSON.stringify({ ...JSON.parse(told), late: missed }));
  } catch (problem) {
    console.log(JSON.stringify({ died: String(problem).slice(-600) }));
    process.exit(1);
  }
}

function answer(unit, text, suite, replay) {
  if (replay !== undefined) return grader.explore(unit, text, replay, COURSE, SECONDS);
  return grader.run(unit, text, suite, COURSE, SECONDS, () => {});
}
