/** Lets the keyboard scroll a box whose content is wider than the page, and says what it holds. */
export function reachable(box, name) {
  if (box.scrollWidth <= box.clientWidth) return;
  box.tabIndex = 0;
  box.setAttribute("role", "group");
  box.setAttribute("aria-label", `${name}, scrolls sideways`);
}
