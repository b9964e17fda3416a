// How diagrams look. The theme of the site draws them with CSS variables, so both palettes and a
// switch between them need nothing here; what it misses is added below.

const ADDED = `
  .node rect, .node path, .node polygon { rx: 6px; ry: 6px; stroke-width: 1px; }
  .node.quiet rect { fill: transparent; stroke: var(--md-default-fg-color--lighter); }
  .node.quiet .nodeLabel, .node.quiet .nodeLabel p { color: var(--md-default-fg-color--light); }
  .node.here rect { fill: var(--halfway-here-bg); stroke: var(--halfway-here-fg); stroke-width: 2px; }
  .node.here .nodeLabel, .node.here .nodeLabel p { color: var(--halfway-here-text); font-weight: 600; }
  .node.thick rect { stroke: var(--halfway-here-fg); stroke-width: 4px; }
  a .nodeLabel, a .nodeLabel p { color: var(--md-typeset-a-color); text-decoration: none; }
  a:hover .nodeLabel { text-decoration: underline; }
  a:focus-visible { outline: none; }
  a:focus-visible rect { stroke: var(--md-typeset-a-color); stroke-width: 3px; }
  .edgeLabel p { font-size: 13px; line-height: 1.35; padding: 1px 4px; }
  .nodeLabel p { line-height: 1.35; }
  .labelBkg { background-color: var(--md-mermaid-label-bg-color); }
  .actor-line { stroke: var(--md-mermaid-sequence-actor-line-color); stroke-width: 1px; }
  [id$="crosshead"] path { fill: none; stroke: var(--md-mermaid-sequence-message-line-color); }
  [id$="arrowhead"] path { fill: var(--md-mermaid-sequence-message-line-color); stroke: none; }
`;

// A diagram shrinks to the width of the page, but its words never below this part of their size.
const SMALLEST = { phone: 0.8, wide: 0.7 };
const onPhone = () => matchMedia("(max-width: 40em)").matches;

/** The settings that the site's theme gave, with the font the page is set in and the rules above. */
export function calmTheme(given) {
  const phone = onPhone();
  const fontFamily = getComputedStyle(document.body).fontFamily;
  return {
    ...given,
    fontFamily,
    themeVariables: { fontFamily, fontSize: "15px" },
    themeCSS: `${given.themeCSS ?? ""}${ADDED}`,
    flowchart: {
      htmlLabels: true,
      curve: "basis",
      padding: phone ? 8 : 10,
      nodeSpacing: phone ? 12 : 24,
      rankSpacing: 24,
      wrappingWidth: phone ? 150 : 290,
    },
    securityLevel: "strict",
    suppressErrorRendering: true,
  };
}

/** The picture, with a width below which it scrolls where it would shrink. */
export function readable(svg) {
  const part = onPhone() ? SMALLEST.phone : SMALLEST.wide;
  return svg.replace(/max-width: ([\d.]+)px;/, (widest, px) => `${widest} min-width: ${Math.round(px * part)}px;`);
}

/** What stands where a diagram cannot be drawn: one line that says why, and the diagram as text. */
export function noteInPlaceOf(source, failure) {
  const page = document.createElement("div");
  const note = document.createElement("p");
  const text = document.createElement("pre");
  note.textContent = `This diagram is shown as text: ${failure?.message ?? failure}`;
  text.textContent = source;
  page.append(note, text);
  return page.innerHTML;
}
