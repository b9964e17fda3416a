// What this browser keeps for the learner, as JSON under keys of our own.
//
// A browser may refuse: storage is full, or switched off. Then memory holds it as long as the page is open, and
// whoever asked is told. Nothing here knows what the values mean: `stored.js` does.

const PREFIX = "halfway:";
const DAMAGED = "halfway-damaged:";
/** What can be made again, and gives way first when room is short. */
const CHEAP = "verdict:";
/** @type {Map<string, string>} */
const memory = new Map();
/** Keys whose old text could not be put aside: it stays where it is. @type {Set<string>} */
const untouchable = new Set();

/**
 * The text that was written under `key`, or undefined.
 *
 * @param {string} key
 * @returns {string | undefined}
 */
export function read(key) {
  return memory.get(key) ?? (untouchable.has(key) ? undefined : (stored(PREFIX + key) ?? undefined));
}

/**
 * Keeps `text` under `key`; says whether it outlives the page.
 *
 * @param {string} key
 * @param {string} text
 * @returns {boolean}
 */
export function write(key, text) {
  if (!untouchable.has(key) && store(PREFIX + key, text)) {
    memory.delete(key);
    return true;
  }
  memory.set(key, text);
  return false;
}

/**
 * The keys that begin with `start`, without what is before them.
 *
 * @param {string} start
 * @returns {string[]}
 */
export function keys(start) {
  const found = new Set([...memory.keys()].filter((key) => key.startsWith(start)));
  try {
    for (const key of Object.keys(localStorage)) {
      if (key.startsWith(PREFIX + start)) found.add(key.slice(PREFIX.length));
    }
  } catch {
    // Storage is switched off; memory is all there is.
  }
  return [...found].map((key) => key.slice(start.length)).sort();
}

/**
 * Calls `heard` when another tab has written `key`, until it is told to stop.
 *
 * @param {string} start the key, or the beginning of several
 * @param {(key: string) => void} heard
 * @returns {() => void}
 */
export function onOtherTab(start, heard) {
  /** @param {StorageEvent} event */
  const listen = (event) => {
    if (event.key?.startsWith(PREFIX + start) && event.newValue !== null) heard(event.key.slice(PREFIX.length));
  };
  addEventListener("storage", listen);
  return () => removeEventListener("storage", listen);
}

/**
 * Moves what is under `key` to a name of its own. Where there is no room for that it stays, and is not overwritten.
 *
 * @param {string} key
 */
export function putAside(key) {
  const text = memory.get(key) ?? stored(PREFIX + key);
  memory.delete(key);
  if (text === null || text === undefined) return;
  if (store(`${DAMAGED}${key}:${Date.now()}`, text)) localStorage.removeItem(PREFIX + key);
  else untouchable.add(key);
}

/** @param {string} name */
function stored(name) {
  try {
    return localStorage.getItem(name);
  } catch {
    return null;
  }
}

/**
 * @param {string} name
 * @param {string} text
 */
function store(name, text) {
  for (const attempt of ["as it is", "with room made"]) {
    try {
      localStorage.setItem(name, text);
      return true;
    } catch {
      if (attempt === "as it is" && !madeRoom()) return false;
    }
  }
  return false;
}

function madeRoom() {
  const cheap = keys(CHEAP);
  for (const key of cheap) localStorage.removeItem(PREFIX + CHEAP + key);
  return cheap.length > 0;
}
