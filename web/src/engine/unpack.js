// What browsers have no way to unpack themselves. By itself, because a page needs it with Python and not before.
import { XzReadableStream } from "xz-decompress";

/**
 * Unpacks a file of the lab. The stream has to be whole.
 * @param {ReadableStream<Uint8Array>} packed
 * @returns {ReadableStream<Uint8Array>}
 */
export const unpack = (packed) => new XzReadableStream(packed);
