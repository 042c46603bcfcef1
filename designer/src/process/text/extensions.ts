/** How the text pane works and looks. */
import { autocompletion, closeBrackets, completionKeymap } from "@codemirror/autocomplete";
import { defaultKeymap, historyKeymap, indentWithTab } from "@codemirror/commands";
import { yaml } from "@codemirror/lang-yaml";
import {
  bracketMatching,
  foldGutter,
  HighlightStyle,
  indentUnit,
  syntaxHighlighting,
} from "@codemirror/language";
import { lintGutter, lintKeymap } from "@codemirror/lint";
import { highlightSelectionMatches, search, searchKeymap } from "@codemirror/search";
import { EditorState, type Extension } from "@codemirror/state";
import { drawSelection, EditorView, highlightActiveLine, keymap, lineNumbers } from "@codemirror/view";
import { tags } from "@lezer/highlight";

import { completions, explanations, type Sources } from "./help";

const colours = HighlightStyle.define([
  { tag: [tags.propertyName, tags.definition(tags.propertyName)], color: "var(--ccm-code-key)" },
  { tag: tags.comment, color: "var(--mantine-color-dimmed)", fontStyle: "italic" },
  { tag: [tags.string, tags.content], color: "var(--ccm-code-text)" },
  { tag: [tags.keyword, tags.bool, tags.null], color: "var(--ccm-code-word)" },
  { tag: [tags.separator, tags.punctuation, tags.squareBracket, tags.brace], color: "var(--mantine-color-dimmed)" },
]);

const looks = EditorView.theme({
  "&": { height: "100%", fontSize: "13px", backgroundColor: "var(--ccm-panel)", color: "var(--mantine-color-text)" },
  ".cm-scroller": { fontFamily: "var(--mantine-font-family-monospace)", lineHeight: "1.6" },
  ".cm-gutters": { backgroundColor: "var(--ccm-panel)", color: "var(--mantine-color-dimmed)", border: "none" },
  ".cm-activeLine, .cm-activeLineGutter": { backgroundColor: "color-mix(in srgb, var(--ccm-edge) 10%, transparent)" },
  ".cm-cursor": { borderLeftColor: "var(--mantine-color-text)" },
  "&.cm-focused": { outline: "none" },
  "&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground": {
    backgroundColor: "color-mix(in srgb, var(--mantine-primary-color-filled) 28%, transparent) !important",
  },
  ".cm-tooltip": {
    backgroundColor: "var(--ccm-panel)",
    color: "var(--mantine-color-text)",
    border: "1px solid var(--ccm-line)",
    borderRadius: "8px",
    padding: "4px 8px",
    maxWidth: "420px",
    fontSize: "13px",
  },
  ".cm-tooltip-autocomplete ul li[aria-selected]": {
    backgroundColor: "var(--mantine-primary-color-filled)",
    color: "#fff",
  },
  ".cm-panels": { backgroundColor: "var(--ccm-panel)", color: "var(--mantine-color-text)" },
  ".cm-diagnostic": { padding: "4px 8px" },
});

/** Colours and type alone, for texts that are only shown. */
export const appearance: Extension = [syntaxHighlighting(colours), looks];

interface Options {
  label: string;
  editable: boolean;
  sources: Sources;
}

export function textExtensions({ label, editable, sources }: Options): Extension {
  return [
    lineNumbers(),
    foldGutter(),
    drawSelection(),
    highlightActiveLine(),
    highlightSelectionMatches(),
    bracketMatching(),
    closeBrackets(),
    search({ top: true }),
    yaml(),
    indentUnit.of("  "),
    appearance,
    lintGutter(),
    autocompletion({ override: [completions(sources)], icons: false }),
    explanations(sources),
    keymap.of([
      ...completionKeymap,
      ...searchKeymap,
      ...historyKeymap,
      ...lintKeymap,
      ...defaultKeymap,
      indentWithTab,
    ]),
    EditorState.readOnly.of(!editable),
    EditorView.contentAttributes.of({ "aria-label": label, tabindex: "0" }),
  ];
}
