// Fetches what the worker needs, counts its bytes as they come, and unpacks it.

/** @typedef {import("./types.js").Manifest} Manifest */
/** @typedef {import("./types.js").Files} Files */

/**
 * Reads which files there are, under which names, and how long they are.
 * @param {string} home
 * @returns {Promise<Manifest>}
 */
export async function readManifest(home) {
  const response = await fetch(`${home}engine.json`, { cache: "no-cache" });
  if (!response.ok) throw new Error(missing("engine.json", response.status));
  return response.json();
}

/**
 * Fetches all of them at once. `onBytes` hears how many bytes have come, of how many.
 * @param {string} home
 * @param {Manifest} manifest
 * @param {(loaded: number, total: number) => void} onBytes
 * @returns {Promise<Files>}
 */
export async function fetchFiles(home, manifest, onBytes) {
  const total = Object.values(manifest.files).reduce((sum, file) => sum + file.bytes, 0);
  let loaded = 0;
  onBytes(loaded, total);
  /** @param {number} bytes */
  const count = (bytes) => onBytes((loaded += bytes), total);
  /** @param {keyof Files} name @param {string} type */
  const open = async (name, type) => {
    const { url } = manifest.files[name];
    const response = await fetch(home + url);
    if (!response.ok || !response.body) throw new Error(missing(url, response.status));
    return new Response(unpacked(response.body, count), { headers: { "content-type": type } });
  };
  const [wasm, script, stdlib, course] = await Promise.all([
    WebAssembly.compileStreaming(open("wasm", "application/wasm")),
    open("script", "text/javascript").then((response) => response.blob()),
    open("stdlib", "application/zip").then((response) => response.arrayBuffer()),
    open("course", "application/zip").then((response) => response.arrayBuffer()),
  ]);
  return { wasm, script, stdlib, course };
}

/**
 * @param {ReadableStream<Uint8Array<ArrayBuffer>>} body
 * @param {(bytes: number) => void} count
 */
function unpacked(body, count) {
  const counted = new TransformStream({
    transform(/** @type {Uint8Array<ArrayBuffer>} */ chunk, controller) {
      count(chunk.byteLength);
      controller.enqueue(chunk);
    },
  });
  return body.pipeThrough(counted).pipeThrough(new DecompressionStream("gzip"));
}

/**
 * @param {string} name
 * @param {number} status
 */
function missing(name, status) {
  return `The grader could not be fetched (lab/${name}: ${status || "no answer"}). Load the page again, or run the unit in a terminal.`;
}
