// Builds everything that the browser loads beside the theme: `node build.mjs OUT`.
//
// Nothing it writes is committed; the same input gives the same bytes.
import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { licencesOf } from "./licences.mjs";

const here = path.dirname(fileURLToPath(import.meta.url));
const out = process.argv[2];
if (!out) throw new Error("usage: node build.mjs OUT");

const common = {
  absWorkingDir: here,
  bundle: true,
  minify: true,
  target: "es2022",
  legalComments: "none",
  logLevel: "warning",
  metafile: true,
};

// Classic scripts: run before the theme looks for what they define.
const scripts = await build({
  ...common,
  format: "iife",
  entryPoints: ["src/mermaid-lazy.js", "src/site.js"],
  outdir: out,
});

// Modules: split, so that a page fetches the kinds of diagram it shows and no others.
const modules = await build({
  ...common,
  format: "esm",
  splitting: true,
  entryPoints: { mermaid: "src/mermaid.js" },
  chunkNames: "c/[hash]",
  outdir: path.join(out, "mermaid"),
});

// The worker of the in-page lab, with Pyodide's own loader; what that loads is packed apart, and unpacked by the page.
const worker = await build({
  ...common,
  format: "esm",
  entryPoints: { worker: "src/engine/worker.js", unpack: "src/engine/unpack.js" },
  external: ["node:*", "ws"],
  entryNames: "[name]-[hash]",
  outdir: path.join(out, "lab"),
});

// Works for the pages where there is no network. The site puts the list of its files in front of it.
const offline = await build({ ...common, format: "iife", entryPoints: { offline: "src/offline.js" }, outdir: out });

// The lab: split, so that a page fetches the editor, the difference and the archive when they are wanted.
const lab = await build({
  ...common,
  format: "esm",
  splitting: true,
  entryPoints: { lab: "src/lab/start.js" },
  chunkNames: "c/[name]-[hash]",
  outdir: path.join(out, "lab"),
});

await mkdir(out, { recursive: true });
const inputs = [scripts, modules, worker, lab, offline].flatMap((result) => Object.keys(result.metafile.inputs));
await writeFile(path.join(out, "licences.txt"), await licencesOf(here, inputs));
