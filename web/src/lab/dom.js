// Makes elements. Text is always text: nothing that a learner writes is ever read as HTML.

/**
 * An element with these attributes and children; `on...` are listeners, and false or undefined leaves one out.
 *
 * @template {keyof HTMLElementTagNameMap} Name
 * @param {Name} name
 * @param {Record<string, unknown>} [attributes]
 * @param {...(Node | string | false | undefined | null)} children
 * @returns {HTMLElementTagNameMap[Name]}
 */
export function el(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === undefined || value === false) continue;
    if (key.startsWith("on")) made.addEventListener(key.slice(2), /** @type {EventListener} */ (value));
    else made.setAttribute(key, value === true ? "" : String(value));
  }
  for (const child of children) if (child !== false && child !== undefined && child !== null) made.append(child);
  return made;
}

/**
 * A button that is pressed by mouse, finger and keyboard.
 *
 * @param {string} words
 * @param {() => void} pressed
 * @param {Record<string, unknown>} [attributes]
 */
export function button(words, pressed, attributes = {}) {
  return el("button", { type: "button", class: "lab-button", onclick: pressed, ...attributes }, words);
}

/**
 * A line of text with `...` shown as code.
 *
 * @param {string} text
 * @returns {DocumentFragment}
 */
export function inline(text) {
  const made = document.createDocumentFragment();
  text.split(/`([^`]+)`/).forEach((part, index) => {
    if (part) made.append(index % 2 ? el("code", {}, part) : part);
  });
  return made;
}

/**
 * Hands a file to the reader, to be saved wherever they like.
 *
 * @param {string} name
 * @param {BlobPart} content
 * @param {string} kind
 */
export function download(name, content, kind) {
  const address = URL.createObjectURL(new Blob([content], { type: kind }));
  el("a", { href: address, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}

/**
 * "3 attempts", "1 attempt".
 *
 * @param {number} count
 * @param {string} one
 * @param {string} [many]
 */
export function counted(count, one, many = `${one}s`) {
  return `${count.toLocaleString("en")} ${count === 1 ? one : many}`;
}
