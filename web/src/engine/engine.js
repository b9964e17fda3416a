// What runs Python in the page. This site was built without it.

/**
 * @param {{ base: string }} where
 * @returns {import("../lab/types.js").Engine}
 */
export function createEngine({ base }) {
  const refuse = () => Promise.reject(new Error(`this site came without Python (${base}lab/)`));
  return { state: "cold", onstate: () => {}, warm: refuse, run: refuse, stop: () => {} };
}
