// What Pyodide asks its host for, answered from memory: it fetches nothing.

/** @typedef {import("./types.js").PythonFiles} PythonFiles */

const BASE = "https://pyodide.invalid/";

/**
 * Puts the files where Pyodide looks for them, and gives the options that make it look there.
 * @param {PythonFiles} files
 * @param {object} lock
 */
export async function serveFrom(files, lock) {
  const url = URL.createObjectURL(files.script);
  const { default: createPyodideModule } = await import(url);
  URL.revokeObjectURL(url);
  const elsewhere = self.fetch.bind(self);
  self.fetch = async (what, options) => {
    const asked = String(what instanceof Request ? what.url : what);
    if (asked === `${BASE}python_stdlib.zip`) return new Response(files.stdlib);
    if (asked === `${BASE}pyodide.asm.wasm`)
      return new Response("", { headers: { "content-type": "application/wasm" } });
    return elsewhere(what, options);
  };
  WebAssembly.instantiateStreaming = async (_, imports) => ({
    module: files.wasm,
    instance: await WebAssembly.instantiate(files.wasm, imports),
  });
  return { indexURL: BASE, packageBaseUrl: BASE, lockFileContents: lock, createPyodideModule };
}

/**
 * From now on memory grows by this much and no more; Python then says MemoryError.
 * @param {number} bytes
 */
export function limitMemory(bytes) {
  const grow = WebAssembly.Memory.prototype.grow;
  /** @type {WeakMap<WebAssembly.Memory, number>} */
  const most = new WeakMap();
  WebAssembly.Memory.prototype.grow = function (pages) {
    const now = this.buffer.byteLength;
    if (!most.has(this)) most.set(this, now + bytes);
    if (now + pages * 65_536 > (most.get(this) ?? 0)) throw new RangeError("no more memory for this run");
    return grow.call(this, pages);
  };
}
