// One unit's lab: the editor in the place of the stub, and all that belongs to it.
import { ask } from "./dialog.js";
import { button, download, el } from "./dom.js";
import { asked, Explorer, opener } from "./explore.js";
import { hints, solution } from "./help.js";
import { earlierTexts, Notices } from "./notices.js";
import { onProgress } from "./progress.js";
import { Results } from "./results.js";
import * as runs from "./runs.js";
import { base } from "./site.js";
import { Examples, task } from "./task.js";
import { keep, onReplaced, saved, WorkingCopy } from "./work.js";

/** @typedef {import("./types.js").UnitData} UnitData */
/** @typedef {import("./types.js").Work} Work */

const TAKE_IT = "Your progress, and how to take your work along";
/** On the page itself while labs take the whole window; it stays from page to page. */
const WIDE = "halfway-wide";
const isWide = () => document.documentElement.classList.contains(WIDE);
const MAC = /Mac|iPhone|iPad/.test(navigator.userAgent);

export class Lab {
  /**
   * @param {UnitData} unit
   * @param {typeof import("./editor.js").openEditor} openEditor
   */
  constructor(unit, openEditor) {
    this.unit = unit;
    this.copy = new WorkingCopy(unit.slug, unit.file, unit.stub);
    this.section = el("section", { class: "lab", "aria-label": `Lab of exercise ${unit.number}` });
    this.notices = new Notices();
    this.results = new Results(unit, this.section, {
      goTo: (line) => this.editor.goTo(line),
      explore: (result) => this._touch(result),
      changed: () => this._show(),
    });
    this.examples = new Examples(unit, {
      text: () => this.editor.text(),
      goTo: (line) => this.editor.goTo(line),
      changed: () => this._show(),
    });
    this.hints = hints(unit);
    this.solution = solution(unit, () => this.editor.text());
    this.earlier = earlierTexts(unit.slug, {
      look: (text, place) => this._compare(this.copy.text, text, ["your text", "the earlier text"], place),
      bringBack: (text) => this._change(text, "before an earlier text was brought back"),
    });
    this.run = button("Run", () => this._run(), { class: "lab-button lab-primary" });
    this.stop = button("Stop", () => runs.stop());
    this.savedSign = el("span", { class: "lab-saved" });
    this.wide = button("Wide", () => this._widen(), { "aria-pressed": String(isWide()) });
    const place = el("div", { class: "lab-editor" });
    this.results.help.append(this.hints.box, this.solution.box);
    this._assemble(place);
    this.editor = openEditor({
      parent: place,
      text: this.copy.text,
      name: `${unit.file}, your code`,
      describedBy: `lab-leave-${unit.slug}`,
      onChange: (text) => this._save(text),
      onFocus: () => runs.warm(unit),
      onRun: () => this._run(),
    });
    this.editor.showFirstToWrite();
    this._endings = [
      this.copy.onForeign((there) => this._foreign(there)),
      onReplaced(unit.slug, () => this._reread()),
      onProgress(() => this._show()),
    ];
    this._show();
    this._offerNewStub();
    this._openAsked();
  }

  /** What the judge needs to tell a story of this text. */
  get _story() {
    return {
      slug: this.unit.slug,
      name: String(this.unit.number),
      text: () => this.editor.text(),
      goTo: (/** @type {number} */ line) => this.editor.goTo(line),
    };
  }

  /**
   * A way into the story of a promise, where it has one that can go on otherwise.
   *
   * @param {import("./types.js").PromiseResult} result
   */
  _touch(result) {
    const number = this.unit.promises.findIndex(({ id }) => id === result.id) + 1;
    if (!number || (result.stories < 2 && !result.replay)) return undefined;
    const replay = result.timeline.length && result.replay ? result.replay : String(number);
    return opener("Go through the story", () => ({ ...this._story, replay }));
  }

  /** Opens the story that the page's address asks for, if it is one of this unit. */
  _openAsked() {
    const replay = asked(String(this.unit.number));
    if (!replay) return;
    const explorer = new Explorer(this._story);
    this.results.help.prepend(explorer.box);
    explorer.go(replay, { focus: false });
    explorer.box.scrollIntoView();
  }

  close() {
    for (const end of this._endings) end();
    this.results.close();
    this.examples.close();
    this.editor.close();
  }

  /** @param {HTMLElement} editor where it will be */
  _assemble(editor) {
    const path = `exercises/${this.unit.slug}/${this.unit.file}`;
    const keys = `${MAC ? "⌘" : "Ctrl"}+Enter runs. Tab indents; Escape, then Tab, leaves the editor.`;
    const desk = el(
      "div",
      { class: "lab-desk" },
      this.notices.box,
      this.examples.box,
      el("div", { class: "lab-file" }, el("span", { class: "filename" }, path), this.savedSign, this.wide),
      editor,
      el(
        "div",
        { class: "lab-bar" },
        this.run,
        this.stop,
        button("Start again", () => this._startAgain()),
      ),
      el("p", { class: "lab-small", id: `lab-leave-${this.unit.slug}` }, keys),
      this.results.box,
      this.earlier.box,
      el("p", { class: "lab-small" }, "The same in a terminal: ", el("code", {}, this.unit.command)),
      el("p", { class: "lab-small" }, "Kept in this browser alone. ", el("a", { href: `${base}progress/` }, TAKE_IT)),
    );
    this.section.append(task(this.unit), desk);
  }

  /** Gives the lab the whole window, or the page its lists back. */
  _widen() {
    document.documentElement.classList.toggle(WIDE);
    this.wide.setAttribute("aria-pressed", String(isWide()));
    this.section.scrollIntoView();
  }

  _run() {
    runs.run(this.unit.slug, this.editor.text());
  }

  /** @param {string} text */
  _save(text) {
    if (text === this.copy.text) return;
    const done = this.copy.save(text);
    this._toldSaved(done);
    this.results.compare(text);
    this.earlier.fill();
  }

  /** @param {boolean} done */
  _toldSaved(done) {
    this.savedSign.textContent = done ? "Saved in this browser" : "Not saved";
    if (done) return this.notices.close("full");
    if (this.notices.has("full")) return undefined;
    const words =
      "This browser has no room to save your text, or is not allowed to. It is here as long as this page is open; " +
      "download it before you close the page.";
    const pressed = () => download(this.unit.file, this.editor.text(), "text/x-python");
    return this.notices.show("full", words, [{ words: "Download my file", pressed, stays: true }], { urgent: true });
  }

  /**
   * Puts another text into the editor; the one before is put aside.
   *
   * @param {string} text
   * @param {string} why
   */
  _change(text, why) {
    const worth = this.copy.text !== this.copy.stub && this.copy.text !== text;
    if (worth && !this._putAside(this.copy.text, why)) return false;
    this.editor.setText(text);
    this.earlier.fill();
    this.editor.focus();
    return true;
  }

  /**
   * Puts a text aside; says so, and that nothing was changed, where this browser has no room for it.
   *
   * @param {string} text
   * @param {string} why
   * @param {string} [writer]
   */
  _putAside(text, why, writer = "") {
    if (keep(this.unit.slug, text, why, writer)) {
      this.notices.close("aside");
      this.earlier.fill();
      return true;
    }
    const words =
      "This browser has no room to put the text aside that would be replaced, so nothing was changed. " +
      "Download it, or make room, and try again.";
    const pressed = () => download(this.unit.file, text, "text/x-python");
    this.notices.show("aside", words, [{ words: "Download that text", pressed, stays: true }], { urgent: true });
    return false;
  }

  async _startAgain() {
    const sure = await ask({
      title: "Start again from the stub?",
      words: ["Your text is put aside, and can be brought back from “Earlier texts”."],
      yes: "Start again",
      no: "Go on with mine",
    });
    if (!sure) return;
    if (this._change(this.unit.stub, "before starting again")) this._settleStub();
  }

  /** From now on this text belongs to the site's own stub. */
  _settleStub() {
    this.copy.stub = this.unit.stub;
    this._toldSaved(this.copy.save(this.editor.text()));
  }

  _reread() {
    const there = saved(this.unit.slug);
    if (!there) return;
    this._take(there);
  }

  /**
   * Puts another's text into the editor, and keeps it as this tab's.
   *
   * @param {Work} there
   */
  _take(there) {
    this._toldSaved(this.copy.take(there));
    this.editor.setText(there.text);
    this.results.compare(there.text);
    this.earlier.fill();
  }

  /** @param {Work} there what another tab has saved */
  _foreign(there) {
    const words = "This unit was changed in another tab. Whatever you choose, the other text is put aside, not lost.";
    const take = () => {
      if (this._putAside(this.copy.text, "this tab's, before another tab's was taken")) this._take(there);
      else this._foreign(there);
    };
    const mine = () => {
      if (!this._putAside(there.text, "written in another tab", there.writer)) return this._foreign(there);
      return this._toldSaved(this.copy.save(this.editor.text()));
    };
    const more = this.notices.show("foreign", words, [
      { words: "Take the other text", pressed: take },
      { words: "Keep mine", pressed: mine },
      {
        words: "Compare them",
        stays: true,
        pressed: () => this._compare(this.copy.text, there.text, ["your text", "the other tab's"], more),
      },
    ]);
  }

  _offerNewStub() {
    const { stub: old } = this.copy;
    if (old === this.unit.stub) return;
    const settle = () => this._settleStub();
    const renew = () => {
      if (this._change(this.unit.stub, "before the new stub")) this._settleStub();
      else this._offerNewStub();
    };
    const words = "The stub of this unit has changed since you began. Your text is untouched.";
    const more = this.notices.show("stub", words, [
      { words: "Keep mine", pressed: settle },
      {
        words: "Show what changed",
        stays: true,
        pressed: () => this._compare(old, this.unit.stub, ["the stub you began from", "the new stub"], more),
      },
      { words: "Start from the new one", pressed: renew },
    ]);
  }

  /**
   * @param {string} before
   * @param {string} after
   * @param {[string, string]} names
   * @param {HTMLElement} place
   */
  async _compare(before, after, names, place) {
    const { difference } = await import("./difference.js");
    place.replaceChildren(difference(before, after, names));
  }

  /** Brings everything beside the editor up to date. */
  _show() {
    const busy = runs.running() !== undefined;
    this.run.disabled = busy;
    this.examples.show(busy);
    this.stop.disabled = runs.running()?.slug !== this.unit.slug;
    this.hints.fill();
    this.solution.fill();
    this.results.compare(this.copy.text);
  }
}
