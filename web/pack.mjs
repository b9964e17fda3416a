// Packs what the worker of the in-page lab loads: `node pack.mjs COURSE.zip OUT`.
//
// Pyodide itself, started here once, compiles every Python file: a page that did it would keep its reader waiting
// for seconds. The same input gives the same bytes.
import { createHash } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { loadPyodide } from "pyodide";

const PYODIDE = path.join(path.dirname(fileURLToPath(import.meta.url)), "node_modules", "pyodide");
const COMPILE = `
import io, sys, zipfile
from importlib._bootstrap_external import _code_to_hash_pyc
from importlib.util import source_hash

# What is read as text: units, a suite, and what the kit gives to callers, which runs where the learner's file runs.
def is_read(name):
    return name.startswith("course/") or name.endswith("/warm_up_suite.py") or "/kit/for_callers/" in name

def compiled(data, keeps_source):
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(bytes(data))) as before, zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as after:
        for name in sorted(before.namelist()):
            if name.endswith("/"):
                continue
            source = before.read(name)
            if not name.endswith(".py") or keeps_source(name):
                after.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), source)
            if name.endswith(".py"):
                try:
                    code = compile(source, place(name), "exec", dont_inherit=True)
                except SyntaxError:
                    continue
                pyc = _code_to_hash_pyc(code, source_hash(source), checked=False)
                after.writestr(zipfile.ZipInfo(cached(name, keeps_source), (1980, 1, 1, 0, 0, 0)), pyc)
    return out.getvalue()

def cached(name, keeps_source):
    if not keeps_source(name):
        return name + "c"
    folder, _, file = name.rpartition("/")
    return f"{folder}/__pycache__/{file[:-3]}.{sys.implementation.cache_tag}.pyc"

def place(name):
    return HOME + name

def stdlib(data):
    global HOME
    HOME = "/lib/python314.zip/"
    return compiled(data, lambda name: False)

def course(data):
    global HOME
    HOME = "/halfway/"
    return compiled(data, is_read)
`;

const [, , courseZip, out] = process.argv;
if (!out) throw new Error("usage: node pack.mjs COURSE.zip OUT");

const python = await loadPyodide();
python.runPython(COMPILE);
const bytes = (/** @type {string} */ name, /** @type {Uint8Array} */ data) => {
  const proxy = python.globals.get(name)(data);
  const made = proxy.toJs();
  proxy.destroy();
  return made;
};
const read = async (/** @type {string} */ file) => new Uint8Array(await readFile(file));

await mkdir(out, { recursive: true });
const files = {
  wasm: await put("python", await read(path.join(PYODIDE, "pyodide.asm.wasm"))),
  script: await put("host", await read(path.join(PYODIDE, "pyodide.asm.mjs"))),
  stdlib: await put("stdlib", bytes("stdlib", await read(path.join(PYODIDE, "python_stdlib.zip")))),
  course: await put("course", bytes("course", await read(courseZip)), { turned: true }),
};
const { info } = JSON.parse(await readFile(path.join(PYODIDE, "pyodide-lock.json"), "utf8"));
const version = python.runPython("import platform; platform.python_version()");
await writeFile(path.join(out, "files.json"), JSON.stringify({ files, python: version, lock: { info, packages: {} } }));

/** Packs one file under a name that says what is in it. What no search is to find by chance is turned round. */
async function put(name, data, { turned = false } = {}) {
  const packed = gzipSync(data, { level: 9 });
  if (turned) packed.reverse();
  const hash = createHash("sha256").update(packed).digest("hex").slice(0, 12);
  const url = `${name}-${hash}.bin`; // not .gz: some hosts would unpack that on the way
  await writeFile(path.join(out, url), packed);
  return { url, bytes: packed.length, unpacked: data.length, turned };
}
