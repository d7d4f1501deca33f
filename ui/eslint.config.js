/** Lint rules of both apps. The tiers are part of the architecture: shared → features → routes, no cycles. */
import js from "@eslint/js";
import { createNodeResolver, importX } from "eslint-plugin-import-x";
import svelte from "eslint-plugin-svelte";
import globals from "globals";
import { fileURLToPath } from "node:url";
import ts from "typescript-eslint";
import svelteConfig from "./svelte.config.js";

const shared = fileURLToPath(new URL("./src/shared", import.meta.url));
const zone = (target, from, message) => ({ target: `./src/${target}`, from: from.map((f) => `./src/${f}`), message });

export default ts.config(
  { ignores: ["dist/", "node_modules/", "src/shared/generated/"] },
  js.configs.recommended,
  ...ts.configs.strict,
  ...svelte.configs.recommended,
  {
    // The parser of scripts inside components; import-x needs it also when it follows an import out of a .ts file.
    languageOptions: { globals: { ...globals.browser, ...globals.es2023 }, parserOptions: { parser: ts.parser, extraFileExtensions: [".svelte"] } },
    plugins: { "import-x": importX },
    settings: {
      "import-x/ignore": ["node_modules"],
      "import-x/extensions": [".ts", ".js", ".svelte"],
      "import-x/parsers": { "@typescript-eslint/parser": [".ts"], "svelte-eslint-parser": [".svelte"] },
      "import-x/resolver-next": [
        createNodeResolver({ extensions: [".ts", ".svelte.ts", ".js", ".svelte", ".json"], alias: { $shared: [shared] } }),
      ],
    },
    rules: {
      "import-x/no-cycle": ["error", { ignoreExternal: true }],
      "import-x/no-restricted-paths": [
        "error",
        {
          zones: [
            zone("shared", ["field", "console", "preview"], "shared code knows no app"),
            zone("field", ["console", "preview"], "the two apps share only src/shared"),
            zone("console", ["field", "preview"], "the two apps share only src/shared"),
            zone("preview", ["console"], "the preview is the field app's screen; the console only shows it in a frame"),
            zone("field/features", ["field/routes"], "features do not know the screens that use them"),
            zone("console/features", ["console/routes"], "features do not know the screens that use them"),
          ],
        },
      ],
      "max-lines": ["error", { max: 350, skipComments: true, skipBlankLines: true }],
      "no-console": "error",
      eqeqeq: "error",
      "@typescript-eslint/no-non-null-assertion": "error",
      "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_" }],
      "@typescript-eslint/consistent-type-imports": "error",
      "@typescript-eslint/no-invalid-void-type": ["error", { allowInGenericTypeArguments: true, allowAsThisParameter: true }],
      "no-undef": "off",
    },
  },
  {
    files: ["**/*.svelte", "**/*.svelte.ts"],
    languageOptions: { parserOptions: { parser: ts.parser, extraFileExtensions: [".svelte"], svelteConfig } },
    rules: { "svelte/no-at-html-tags": "error", "svelte/prefer-svelte-reactivity": "off", "svelte/no-navigation-without-resolve": "off", "svelte/no-inline-styles": "error" },
  },
  { files: ["src/**/*.test.ts", "**/backend/fake/**", "build/**", "*.config.ts"], rules: { "@typescript-eslint/no-non-null-assertion": "off", "@typescript-eslint/no-empty-function": "off" } },
);
