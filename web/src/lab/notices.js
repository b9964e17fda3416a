// What stands above the editor when something about the text has to be decided, or could not be done.
import { button, el } from "./dom.js";
import { kept } from "./work.js";

/** @typedef {{ words: string, pressed: () => void | Promise<void> }} Way */

/** The notices of one lab: one of each kind at a time. */
export class Notices {
  constructor() {
    this.box = el("div", { class: "lab-notices" });
    /** @type {Map<string, HTMLElement>} */
    this._shown = new Map();
  }

  /**
   * Shows a notice, in the place of an older one of its kind. A way out closes it, unless it says `stays`.
   *
   * @param {string} kind
   * @param {string} words
   * @param {(Way & { stays?: boolean })[]} ways
   * @param {{ urgent?: boolean }} [how]
   */
  show(kind, words, ways, { urgent = false } = {}) {
    const more = el("div");
    const buttons = ways.map((way) =>
      button(way.words, async () => {
        if (!way.stays) this.close(kind);
        await way.pressed();
      }),
    );
    const made = el("div", { class: "lab-notice", "data-kind": kind, role: urgent ? "alert" : "status" });
    made.append(el("p", {}, words), el("p", { class: "lab-bar" }, ...buttons), more);
    const before = this._shown.get(kind);
    if (before) before.replaceWith(made);
    else this.box.append(made);
    this._shown.set(kind, made);
    return more;
  }

  /** @param {string} kind */
  close(kind) {
    this._shown.get(kind)?.remove();
    this._shown.delete(kind);
  }

  /** @param {string} kind */
  has(kind) {
    return this._shown.has(kind);
  }
}

/**
 * The texts that were put aside, each to look at and to bring back.
 *
 * @param {string} slug
 * @param {{ look: (text: string, place: HTMLElement) => void, bringBack: (text: string) => void }} ways
 */
export function earlierTexts(slug, { look, bringBack }) {
  const box = el("details", { class: "lab-more" });
  const fill = () => {
    const texts = kept(slug);
    box.hidden = texts.length === 0;
    const rows = texts.map((one) => {
      const when = new Date(one.at).toLocaleString();
      const place = el("div");
      const actions = el("span", { class: "lab-bar" });
      actions.append(
        button("Compare with mine", () => look(one.text, place)),
        button("Bring back", () => bringBack(one.text)),
      );
      return el("li", {}, `${when}, ${one.why} `, actions, place);
    });
    const words = `Earlier texts of this unit: ${texts.length}`;
    box.replaceChildren(el("summary", {}, words), el("ul", { class: "lab-earlier" }, ...rows));
  };
  fill();
  return { box, fill };
}
