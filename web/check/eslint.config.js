// What is linted, and by which rules. Names of the browser are known in src/, those of Node in the build.
import js from "@eslint/js";
import globals from "globals";

export default [
  { ignores: ["**/node_modules/"] },
  js.configs.recommended,
  { files: ["src/**/*.js"], languageOptions: { globals: { ...globals.browser, ...globals.serviceworker } } },
  { files: ["*.mjs", "check/*.js"], languageOptions: { globals: globals.nodeBuiltin } },
  {
    linterOptions: { reportUnusedDisableDirectives: "error" },
    rules: { eqeqeq: "error", "no-var": "error", "prefer-const": "error", "no-implicit-globals": "error" },
  },
];
