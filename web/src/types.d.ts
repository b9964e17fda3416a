// What the theme gives to every page.
interface Window {
  document$: { subscribe(heard: () => void): void };
}
