// Fetches what the worker needs, counts its bytes as they come, and unpacks it.

/** @typedef {import("./types.js").Manifest} Manifest */
/** @typedef {import("./types.js").Fetched} Fetched */
/** @typedef {import("./types.js").PackedFile} PackedFile */

/**
 * Reads which files there are, under which names, and how long they are.
 * @param {string} home
 * @returns {Promise<Manifest>}
 */
export async function readManifest(home) {
  return (await fetched(home, "engine.json", { cache: "no-cache" })).json();
}

/**
 * Fetches all that a verdict needs but the unit's own part: first Python, which starts while the course is on its way.
 * `onBytes` hears how many bytes have come, of how many.
 * @param {string} home
 * @param {Manifest} manifest
 * @param {(loaded: number, total: number) => void} onBytes
 * @returns {Fetched}
 */
export function fetchFiles(home, manifest, onBytes) {
  const first = Object.entries(manifest.files).filter(([name]) => name !== "late");
  const total = first.reduce((sum, [, file]) => sum + file.bytes, 0);
  let loaded = 0;
  onBytes(loaded, total);
  /** @param {number} bytes */
  const count = (bytes) => onBytes((loaded += bytes), total);
  // The largest comes first: it is unpacked and compiled while the others are on their way.
  /** @param {"wasm" | "script" | "stdlib" | "course"} name @param {Promise<unknown>} before */
  const after = (name, before) => before.then(() => packed(home, manifest.files[name], count));
  const wasm = after("wasm", Promise.resolve());
  const script = after("script", wasm);
  const stdlib = after("stdlib", wasm);
  const course = after("course", Promise.all([script, stdlib]));
  /** @param {Promise<Uint8Array<ArrayBuffer>>} bytes @param {string} type */
  const open = async (bytes, type) => unpacked(home, manifest, await bytes, type);
  const python = Promise.all([
    WebAssembly.compileStreaming(open(wasm, "application/wasm")),
    open(script, "text/javascript").then((response) => response.blob()),
    open(stdlib, "application/zip").then((response) => response.arrayBuffer()),
  ]).then(([wasm, script, stdlib]) => ({ wasm, script, stdlib }));
  return { python, course: open(course, "application/zip").then((response) => response.arrayBuffer()) };
}

/**
 * Fetches one more: a unit's own part, or what of the library no first verdict needs.
 * @param {string} home
 * @param {Manifest} manifest
 * @param {PackedFile} file
 */
export async function fetchOne(home, manifest, file) {
  return (await unpacked(home, manifest, await packed(home, file), "application/zip")).arrayBuffer();
}

/**
 * Suites lie in their file in reverse, out of sight of a search.
 * @param {string} home
 * @param {PackedFile} file
 * @param {(bytes: number) => void} [count]
 */
async function packed(home, { url, turned }, count = () => {}) {
  const { body } = await fetched(home, url);
  if (!body) throw new Error(`lab/${url} is empty`);
  const bytes = new Uint8Array(await new Response(body.pipeThrough(counted(count))).arrayBuffer());
  return turned ? bytes.reverse() : bytes;
}

/**
 * Unpacks one after the other: what unpacks has room for one.
 * @param {string} home
 * @param {Manifest} manifest
 * @param {Uint8Array<ArrayBuffer>} bytes
 * @param {string} type
 */
async function unpacked(home, manifest, bytes, type) {
  const { unpack } = await import(home + manifest.unpacker);
  return new Response(unpack(new Blob([bytes]).stream()), { headers: { "content-type": type } });
}

/**
 * Gives the answer, if it is one. Throws an Error in words for a reader.
 * @param {string} home
 * @param {string} name
 * @param {RequestInit} [options]
 */
async function fetched(home, name, options) {
  const answer = await fetch(home + name, options).catch(() => undefined);
  if (answer?.ok) return answer;
  // The site's own service worker says 503 where there is no network and nothing was kept.
  const why = answer && answer.status !== 503 ? `lab/${name}: ${answer.status}` : "there is no network";
  throw new Error(`the grader could not be fetched (${why}). Try again later, or run the unit in a terminal`);
}

/** @param {(bytes: number) => void} count */
function counted(count) {
  return new TransformStream({
    transform(/** @type {Uint8Array<ArrayBuffer>} */ chunk, controller) {
      count(chunk.byteLength);
      controller.enqueue(chunk);
    },
  });
}
