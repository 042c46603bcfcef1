import js from "@eslint/js";
import hooks from "eslint-plugin-react-hooks";
import globals from "globals";
import ts from "typescript-eslint";

const lean = (max) => ["error", { max, skipBlankLines: true, skipComments: true }];

export default ts.config(
  { ignores: ["dist", "node_modules", "src/lib/schema.d.ts"] },
  js.configs.recommended,
  ...ts.configs.strict,
  hooks.configs.flat["recommended-latest"],
  {
    files: ["src/**/*.{ts,tsx}"],
    languageOptions: { globals: globals.browser },
    rules: {
      "max-lines": lean(300),
      eqeqeq: "error",
      "no-console": "error",
      "no-restricted-globals": ["error", { name: "fetch", message: "Ask through @/lib/api." }],
      "no-restricted-syntax": [
        "error",
        { selector: "JSXAttribute[name.name='dangerouslySetInnerHTML']", message: "Text is text." },
      ],
      "@typescript-eslint/consistent-type-imports": "error",
      "@typescript-eslint/no-non-null-assertion": "error",
    },
  },
  { files: ["src/lib/**"], rules: { "no-restricted-globals": "off" } },
);
