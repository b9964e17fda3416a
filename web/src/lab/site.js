// Where the site is, and what it says of a unit.

/** @typedef {import("./types.js").UnitData} UnitData */

/** The address of the site's root: this file's bundle lies below it, in `assets/web/lab/`. */
export let base = "";
/** @type {Map<string, Promise<any>>} */
const asked = new Map();

/** @param {string} address */
export function setBase(address) {
  base = address;
}

/**
 * @param {string} slug
 * @returns {Promise<UnitData>}
 */
export const unitData = (slug) => fetched(`units/${slug}.json`);

/**
 * The solution of a unit; fetched when a reader has asked to see it. An edition without answers has none.
 *
 * Its bytes come in reverse, so that nobody reads it by accident.
 *
 * @param {string} slug
 * @returns {Promise<{ words: string, text: string }[]>} the reference first, then the others and what is theirs
 */
export async function unitAnswers(slug) {
  const { turned, others = [] } = await fetched(`units/${slug}.solution.json`);
  return [{ words: "", turned }, ...others].map((one) => ({ words: one.words, text: turnedBack(one.turned) }));
}

/**
 * The wrong program of a story on a page.
 *
 * @param {string} slug
 * @param {string} name
 * @returns {Promise<string>}
 */
export async function wrongProgram(slug, name) {
  return turnedBack((await fetched(`units/${slug}.wrong.${name}.json`)).turned);
}

/** @param {string} turned */
const turnedBack = (turned) =>
  new TextDecoder().decode(Uint8Array.from(atob(turned), (sign) => sign.charCodeAt(0)).reverse());

/**
 * Every unit of the course, in order.
 *
 * @returns {Promise<{ slug: string, number: number, title: string, file: string }[]>}
 */
export const unitList = () => fetched("units/index.json");

/** @param {string} path */
function fetched(path) {
  let answer = asked.get(path);
  if (!answer) {
    answer = fetch(base + path).then((response) => {
      if (!response.ok) throw new Error(`${path} is not there (${response.status})`);
      return response.json();
    });
    answer.catch(() => asked.delete(path)); // the next one who asks tries again
    asked.set(path, answer);
  }
  return answer;
}
