// Packs what the worker of the in-page lab loads: `node pack.mjs COURSE.zip OUT`.
//
// Pyodide itself, started here once, compiles every Python file: a page that did it would keep its reader waiting
// for seconds. The same input gives the same bytes. What a first verdict needs is apart from the rest, and what one
// unit needs from what all do (early.txt; the site compresses and names what is written here).
import { mkdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { loadPyodide } from "pyodide";

const HERE = path.dirname(fileURLToPath(import.meta.url));
const PYODIDE = path.join(HERE, "node_modules", "pyodide");

const [, , courseZip, out] = process.argv;
if (!out) throw new Error("usage: node pack.mjs COURSE.zip OUT");

const read = async (/** @type {string} */ file) => new Uint8Array(await readFile(file));
const text = (/** @type {string} */ file) => readFile(path.join(HERE, file), "utf8");

// Without columns, which are a fifth of all bytes and which no page shows of what is packed here.
const python = await loadPyodide({ env: { PYTHONNODEBUGRANGES: "1" } });
python.runPython(await text("pack.py"));
const made = python.globals.get("packed")(
  await read(path.join(PYODIDE, "python_stdlib.zip")),
  await read(courseZip),
  await text("early.txt"),
);
/** @type {Record<string, Uint8Array>} */
const archives = {
  ...made.toJs(),
  wasm: await read(path.join(PYODIDE, "pyodide.asm.wasm")),
  script: await read(path.join(PYODIDE, "pyodide.asm.mjs")),
};

await mkdir(out, { recursive: true });
for (const [name, data] of Object.entries(archives)) await writeFile(path.join(out, name), data);

const { info } = JSON.parse(await readFile(path.join(PYODIDE, "pyodide-lock.json"), "utf8"));
const version = python.runPython("import platform; platform.python_version()");
await writeFile(path.join(out, "told.json"), JSON.stringify({ python: version, lock: { info, packages: {} } }));
