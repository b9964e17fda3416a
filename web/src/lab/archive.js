// A learner's work as one zip, laid out as the course folder is: `exercises/<slug>/<file>`.
//
// The terminal takes it when it is unpacked in the course folder, and an instructor collects it as it is.
import { strToU8, unzipSync, zipSync } from "fflate";

/** @typedef {{ slug: string, file: string, text: string }} Piece */

/** A file of a learner has a few kilobytes; what is larger is something else. */
const PIECE_BYTES_MAX = 512 * 1024;
const ZIP_BYTES_MAX = 20 * 1024 * 1024;
const INSIDE = /(?:^|\/)exercises\/(ex\d\d_\w+)\/(\w+\.py)$/;

/**
 * @param {Piece[]} pieces
 * @returns {Uint8Array}
 */
export function packed(pieces) {
  return zipSync(
    Object.fromEntries(pieces.map(({ slug, file, text }) => [`exercises/${slug}/${file}`, strToU8(text)])),
  );
}

/**
 * The pieces of work in a zip. Throws an Error in words for a reader if there are none to be had.
 *
 * @param {Uint8Array} bytes
 * @returns {Piece[]}
 */
export function unpacked(bytes) {
  if (bytes.length > ZIP_BYTES_MAX) throw new Error("This file is too large to be your work: it has more than 20 MB.");
  const files = read(bytes);
  const pieces = Object.entries(files).flatMap(([path, content]) => piece(path, content));
  if (!pieces.length) {
    throw new Error("There is no work in this zip: nothing in it is called exercises/NAME_OF_A_UNIT/NAME.py.");
  }
  return pieces;
}

/** @param {Uint8Array} bytes */
function read(bytes) {
  try {
    return unzipSync(bytes, {
      filter: ({ name, originalSize }) => INSIDE.test(name) && originalSize <= PIECE_BYTES_MAX,
    });
  } catch {
    throw new Error("This file cannot be read as a zip: it is another kind of file, or it is damaged.");
  }
}

/**
 * @param {string} path
 * @param {Uint8Array} content
 * @returns {Piece[]}
 */
function piece(path, content) {
  const [, slug = "", file = ""] = INSIDE.exec(path) ?? [];
  try {
    return [{ slug, file, text: new TextDecoder("utf-8", { fatal: true }).decode(content) }];
  } catch {
    throw new Error(`${path} in this zip is no text, so nothing was opened.`);
  }
}
