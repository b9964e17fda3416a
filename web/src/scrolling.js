// Boxes whose content may be wider than they are: tables, diagrams, code, timelines. They fade at an edge beyond which
// there is more, by `data-more` and the style sheet, and the keyboard can scroll them.

const watched = new WeakSet();
const sizes = new ResizeObserver((entries) => entries.forEach(({ target }) => tell(target)));

/** Says from now on at which edges of a box there is more. Safe to call twice. */
export function watch(box) {
  if (watched.has(box)) return;
  watched.add(box);
  sizes.observe(box); // also when what it is folded into is opened
  box.addEventListener("scroll", () => tell(box), { passive: true });
}

/** Watches a box, lets the keyboard scroll it where it is wider than the page, and says what it holds. */
export function reachable(box, name) {
  watch(box);
  tell(box);
  if (box.scrollWidth <= box.clientWidth || box.hasAttribute("tabindex")) return;
  box.tabIndex = 0;
  box.setAttribute("role", "group");
  box.setAttribute("aria-label", `${name}, scrolls sideways`);
}

function tell(box) {
  const beyond = box.scrollWidth - box.clientWidth;
  const more = [box.scrollLeft > 1 && "left", box.scrollLeft < beyond - 1 && "right"].filter(Boolean).join(" ");
  if (more) box.dataset.more = more;
  else delete box.dataset.more;
}
