// Takes a learner's work out of this browser and brings it in: buttons, and one line on what came of it.
import { ask } from "./dialog.js";
import { button, counted, download, el } from "./dom.js";
import { exported, imported } from "./progress.js";
import { unitList } from "./site.js";
import { replace, saved, slugs } from "./work.js";

/** @typedef {import("./archive.js").Piece} Piece */

const WORK_NAME = "halfway-work.zip";
const PROGRESS_NAME = "progress.json";

/** The buttons, with the line below them. */
export function portable() {
  const line = el("p", { class: "lab-status", role: "status" });
  const say = (/** @type {string} */ words) => {
    line.textContent = words;
  };
  const zip = opener(".zip,application/zip", "A zip with your work", (bytes) => openWork(bytes), say);
  const json = opener(".json,application/json", "A progress file", async (bytes) => openProgress(bytes), say);
  const bar = el("p", { class: "lab-bar" });
  bar.append(
    button("Download my work", async () => say(await downloadWork())),
    button("Open my work", () => zip.click()),
    button("Export progress", () => download(PROGRESS_NAME, exported(), "application/json")),
    button("Import progress", () => json.click()),
  );
  return el("div", {}, bar, zip, json, line);
}

/**
 * A field for a file that no one sees; a button presses it.
 *
 * @param {string} accept
 * @param {string} name
 * @param {(bytes: Uint8Array) => Promise<string>} open gives the line to say, or throws one
 * @param {(words: string) => void} say
 */
function opener(accept, name, open, say) {
  const field = el("input", { type: "file", accept, "aria-label": name, hidden: true });
  field.addEventListener("change", async () => {
    const file = field.files?.[0];
    field.value = "";
    if (!file) return;
    try {
      say(await open(new Uint8Array(await file.arrayBuffer())));
    } catch (error) {
      say(`${/** @type {Error} */ (error).message} Nothing was changed.`);
    }
  });
  return field;
}

async function downloadWork() {
  const pieces = slugs().flatMap((slug) => {
    const work = saved(slug);
    return work ? [{ slug, file: work.file, text: work.text }] : [];
  });
  if (!pieces.length) return "There is no work in this browser yet: a file is saved with your first key in its editor.";
  const { packed } = await import("./archive.js");
  download(WORK_NAME, /** @type {Uint8Array<ArrayBuffer>} */ (packed(pieces)), "application/zip");
  return `${counted(pieces.length, "file")} in ${WORK_NAME}, each at its place below exercises/.`;
}

/** @param {Uint8Array} bytes */
async function openWork(bytes) {
  const [{ unpacked }, units] = await Promise.all([import("./archive.js"), unitList()]);
  const known = new Map(units.map((unit) => [unit.slug, unit.file]));
  const pieces = unpacked(bytes);
  const strange = pieces.filter(({ slug, file }) => known.get(slug) !== file);
  const fresh = pieces.filter((piece) => !strange.includes(piece) && saved(piece.slug)?.text !== piece.text);
  const without = strange.length ? ` Left alone: ${strange.map((one) => `${one.slug}/${one.file}`).join(", ")}.` : "";
  if (!fresh.length) return `Nothing in this zip is new here.${without}`;
  const over = fresh.filter((piece) => saved(piece.slug));
  if (over.length && !(await mayReplace(over))) return "Nothing was changed.";
  const done = fresh.filter((one) => replace(one.slug, one.file, one.text, "before a zip was opened"));
  const full = fresh.length - done.length;
  const lost = full ? ` This browser has no room for ${counted(full, "file")}; what was there is untouched.` : "";
  return `Opened: ${done.map((one) => one.slug).join(", ") || "nothing"}.${lost}${without}`;
}

/** @param {Piece[]} over */
function mayReplace(over) {
  const names = over.map((piece) => piece.slug).join(", ");
  return ask({
    title: "Put these texts in the place of yours?",
    words: [`You have other texts of: ${names}. They are put aside as earlier texts, and can be brought back.`],
    yes: "Open the zip",
    no: "Leave mine",
  });
}

/** @param {Uint8Array} bytes */
function openProgress(bytes) {
  const count = imported(new TextDecoder().decode(bytes));
  return `Took in what the file says of ${counted(count, "unit")}; nothing that was here is less.`;
}
