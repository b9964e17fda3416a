// The door of the lazily loaded bundle.
export { default } from "mermaid";
