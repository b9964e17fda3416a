// A story one can touch: at each step stands what else could have happened there, and the judge tells that story.
//
// The replay string of a story is its address: it can be shared, and typed in a terminal. What is shown is a list, so
// that a keyboard and a screen reader have the same; the drawing above it leads to the same places.
import { button, counted, el, inline } from "./dom.js";
import * as runs from "./runs.js";
import { timeline } from "./timeline.js";

/** @typedef {import("./types.js").PromiseResult} PromiseResult */
/** @typedef {import("./types.js").Way} Way */
/** @typedef {import("./types.js").StoryEvent} StoryEvent */
/**
 * @typedef {object} Given
 * @property {string} slug
 * @property {string} name what the address calls it: the unit's number, and whose program it is if not the reader's
 * @property {() => string} text the code that the story is about
 * @property {(line: number) => void} [goTo] shows a line of that code
 */

const ADDRESS = "#story=";
const LINE = / line (\d+)$/;

/** Does this page's address ask for a story? */
const isAsked = () => location.hash.startsWith(ADDRESS);

/**
 * The replay string that the address asks for of this program; "" for none.
 *
 * @param {string} name
 */
export function asked(name) {
  const start = `${ADDRESS}${name}/`;
  return location.hash.startsWith(start) ? decodeURI(location.hash.slice(start.length)) : "";
}

export class Explorer {
  /** @param {Given} given */
  constructor(given) {
    this.given = given;
    this.status = el("p", { class: "lab-status", role: "status" });
    this.place = el("div");
    this.box = el(
      "section",
      { class: "lab-story-box", "aria-label": "A story to go through" },
      this.status,
      this.place,
    );
  }

  /**
   * Has a story told, and shows it.
   *
   * @param {string} replay
   * @param {{ focus?: boolean }} [how]
   */
  async go(replay, { focus = true } = {}) {
    const began = performance.now();
    this.box.setAttribute("aria-busy", "true");
    if (!this.place.firstChild) this.status.textContent = "The story is being told …";
    const unheard = runs.listen((heard) => {
      this.status.textContent = runs.loading(heard) || this.status.textContent;
    });
    try {
      const told = await runs.explore(this.given.slug, this.given.text(), replay);
      if (!told) return;
      this._show(told, replay);
      history.replaceState(history.state, "", `${ADDRESS}${this.given.name}/${encodeURI(replay)}`);
      this.box.dataset.took = (performance.now() - began).toFixed(0);
      if (focus) this._focus();
    } catch (error) {
      this.status.textContent = `The story could not be told: ${/** @type {Error} */ (error).message}`;
    } finally {
      unheard();
      this.box.removeAttribute("aria-busy");
    }
  }

  /**
   * @param {PromiseResult} told
   * @param {string} replay
   */
  _show(told, replay) {
    const faults = told.timeline.filter(({ fault }) => fault).length;
    const much = faults
      ? `with ${counted(faults, "thing")} that ${faults === 1 ? "goes" : "go"} wrong`
      : "as it goes by itself";
    const broken = told.status !== "kept";
    this.box.dataset.status = told.status;
    this.status.textContent = broken ? `This story breaks the promise.` : `The promise is kept in this story, ${much}.`;
    const parts = [
      el("p", { class: "lab-promise" }, inline(told.text)),
      broken && told.saw && saw(told),
      told.note && el("p", { class: "lab-small" }, told.note),
      told.timeline.length > 0 && timeline(told.svg, told.timeline, "This story"),
      told.timeline.length > 0 && this._steps(told),
      this._ends(replay),
    ];
    this.place.replaceChildren(...parts.filter((part) => part instanceof Node));
    for (const mark of this.place.querySelectorAll("svg [data-at]")) {
      mark.addEventListener("click", () => this._open(Number(mark.getAttribute("data-at"))));
    }
  }

  /** @param {PromiseResult} told */
  _steps({ timeline: events, ways = [], status, saw: seen }) {
    const list = el("ol", { class: "lab-steps", "aria-label": "Step by step" });
    events.forEach((event, at) => {
      const here = ways.filter((way) => (way.chosen ? way.at === at : way.at === at + 1));
      list.append(this._step(event, at, here));
    });
    if (status !== "kept" && seen) {
      list.append(
        el(
          "li",
          { class: "lab-step lab-breaks" },
          el("span", { class: "lab-at" }),
          el("span", {}, "✗ here the promise is broken"),
        ),
      );
    }
    return list;
  }

  /**
   * @param {StoryEvent} event
   * @param {number} at
   * @param {Way[]} ways
   */
  _step(event, at, ways) {
    const line = LINE.exec(event.what)?.[1];
    const { goTo } = this.given;
    const what = el("span", { class: "lab-what" }, line ? event.what.replace(LINE, "") : event.what);
    const code = line && goTo ? this.given.text().split("\n")[Number(line) - 1]?.trim() : "";
    if (line && goTo) {
      const press = () => goTo(Number(line));
      what.append(" ", el("button", { type: "button", class: "lab-line", onclick: press }, `line ${line}`));
      if (code) what.append(el("code", { class: "lab-code" }, code));
    }
    const time = `${event.at_s.toLocaleString("en", { minimumFractionDigits: 3 })} s`;
    const row = el(
      "li",
      { class: `lab-step${event.fault ? " lab-fault" : ""}`, "data-step": at },
      el("span", { class: "lab-at" }, time),
      el("span", { class: "lab-who" }, event.fault ? "!!" : event.who),
      what,
    );
    const [chosen] = ways.filter((way) => way.chosen);
    if (chosen) row.append(button("Take it back", () => this.go(chosen.replay)));
    else if (ways.length) row.append(this._menu(ways));
    return row;
  }

  /** @param {Way[]} ways */
  _menu(ways) {
    const items = ways.map((way) =>
      el(
        "li",
        {},
        button(way.words, () => this.go(way.replay)),
      ),
    );
    const summary = el("summary", {}, `What can go wrong here: ${ways.length}`);
    return el("details", { class: "lab-ways" }, summary, el("ul", {}, ...items));
  }

  /** @param {string} replay */
  _ends(replay) {
    const [promise = ""] = replay.split("/");
    const command = `python3 course.py explore ${this.given.name} ${replay}`;
    return el(
      "div",
      {},
      el(
        "p",
        { class: "lab-bar" },
        replay !== promise && button("Let nothing go wrong", () => this.go(promise)),
        button("Close the story", () => this.close()),
      ),
      this.given.goTo && el("p", { class: "lab-small" }, "The same in a terminal: ", el("code", {}, command)),
    );
  }

  /** Opens what can happen at a step, and goes there. @param {number} at */
  _open(at) {
    const menu = /** @type {HTMLDetailsElement | null} */ (this.place.querySelector(`[data-step="${at}"] details`));
    const row = /** @type {HTMLElement | null} */ (
      this.place.querySelector(`[data-step="${at}"] :is(summary, button)`)
    );
    if (menu) menu.open = true;
    row?.focus();
  }

  /** Goes to what went wrong last, or to the first step. */
  _focus() {
    const rows = [...this.place.querySelectorAll(".lab-fault button")];
    const row = rows.at(-1) ?? this.place.querySelector(".lab-steps summary") ?? this.place.querySelector("button");
    /** @type {HTMLElement | null | undefined} */ (row)?.focus();
  }

  close() {
    this.box.remove();
    if (isAsked()) history.replaceState(history.state, "", location.pathname + location.search);
    this.onclose();
  }

  onclose = () => {};
}

/** @param {PromiseResult} told */
function saw({ saw: seen, rule, ask }) {
  const rows = [
    ["Saw", seen],
    ["Rule", rule],
    ["Ask", ask],
  ].filter(([, text]) => text);
  return el(
    "dl",
    { class: "saw-rule-ask" },
    ...rows.map(([name, text]) => el("div", {}, el("dt", {}, name), el("dd", {}, inline(text ?? "")))),
  );
}

/**
 * A button that opens a story where it stands, until the story is closed. It opens by itself if `open` says so.
 *
 * @param {string} words
 * @param {() => (Given & { replay: string }) | Promise<Given & { replay: string }>} given
 * @param {{ open?: string }} [how] the story that it opens with
 */
export function opener(words, given, { open = "" } = {}) {
  const place = el("div", { class: "lab-touch" });
  const show = async (/** @type {string} */ wanted) => {
    const { replay, ...rest } = await given();
    const explorer = new Explorer(rest);
    explorer.onclose = () => place.append(pressed);
    pressed.remove();
    place.append(explorer.box);
    await explorer.go(wanted || replay, { focus: !wanted });
  };
  const pressed = button(words, () => show(""));
  place.append(pressed);
  if (open) show(open);
  return place;
}
