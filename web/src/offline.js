// The service worker: a page that was here once is here again without a network.
//
// With a network, what the site says today is what a reader gets: the network is asked first, and its answer kept.
// Files with their content's hash in their name never change, so the kept one is as good. One cache belongs to one
// version of the site, is filled whole or not at all, and replaces the one before.

/** @typedef {{ version: string, first: string[], known: string[] }} Site */
/** @typedef {{ waitUntil(work: Promise<unknown>): void }} Extendable */
/** @typedef {Extendable & { request: Request, respondWith(answer: Promise<Response>): void }} Fetching */

const worker = /** @type {any} */ (globalThis);
/** @type {Site} */
const site = worker.HALFWAY_SITE;
const scope = new URL("./", worker.location.href).href;
const NAMES = `halfway ${scope} `;
const NAME = NAMES + site.version;
const known = new Set(site.known);
const HASHED = /[./-](?:[0-9a-f]{8,64}|[0-9A-Z]{8})\.(?:min\.)?\w+$/;
const NOT_KEPT = "There is no network, and this part of the course was not kept for that. Go back, or try again later.";

worker.addEventListener("install", (/** @type {Extendable} */ event) => {
  worker.skipWaiting();
  event.waitUntil(fill());
});

worker.addEventListener("activate", (/** @type {Extendable} */ event) => {
  event.waitUntil(takeOver());
});

worker.addEventListener("message", (/** @type {Extendable & { data: { loaded?: string[] } }} */ event) => {
  event.waitUntil(keepAll(event.data?.loaded ?? []));
});

worker.addEventListener("fetch", (/** @type {Fetching} */ event) => {
  const { request } = event;
  const path = pathOf(request.url);
  if (request.method !== "GET" || path === undefined || request.headers.has("range")) return;
  event.respondWith(HASHED.test(path) ? keptFirst(request) : networkFirst(request));
});

/**
 * The path below the site, if the address is one of its files.
 *
 * @param {string} address
 */
function pathOf(address) {
  if (!address.startsWith(scope)) return undefined;
  const path = decodeURI(address.slice(scope.length).split(/[?#]/, 1)[0] ?? "");
  const file = path === "" || path.endsWith("/") ? `${path}index.html` : path;
  return known.has(file) ? file : undefined;
}

async function fill() {
  const sparing = worker.navigator.connection?.saveData;
  const wanted = sparing ? [] : site.first.map((path) => path.replace(/(^|\/)index\.html$/, "$1"));
  const cache = await caches.open(NAME);
  await cache.addAll(wanted.map((path) => new Request(scope + encodeURI(path), { cache: "no-cache" })));
}

/** Takes over what the version before had kept and is still true, and drops the rest of it. */
async function takeOver() {
  const cache = await caches.open(NAME);
  for (const name of await caches.keys()) {
    if (name === NAME || !name.startsWith(NAMES)) continue;
    const old = await caches.open(name);
    for (const request of await old.keys()) {
      const path = pathOf(request.url);
      const answer = path && HASHED.test(path) && !(await cache.match(request)) && (await old.match(request));
      if (answer) await cache.put(request, answer);
    }
    await caches.delete(name);
  }
  await worker.clients.claim();
}

/** @param {string[]} addresses */
async function keepAll(addresses) {
  const cache = await caches.open(NAME);
  for (const address of addresses) {
    if (pathOf(address) === undefined || (await cache.match(address, { ignoreSearch: true }))) continue;
    const answer = await fetch(address).catch(() => undefined);
    if (answer?.ok) await cache.put(address, answer);
  }
}

/** @param {Request} request */
async function networkFirst(request) {
  const cache = await caches.open(NAME);
  try {
    const answer = await fetch(request);
    if (answer.ok && !answer.redirected) await cache.put(request, answer.clone()).catch(() => undefined);
    return answer;
  } catch {
    return (await cache.match(request, { ignoreSearch: true })) ?? new Response(NOT_KEPT, { status: 503 });
  }
}

/** @param {Request} request */
async function keptFirst(request) {
  const cache = await caches.open(NAME);
  return (await cache.match(request)) ?? networkFirst(request);
}
