/** How OpenCCM looks: one accent, quiet greys, contrast that passes WCAG AA in both schemes. */
import { createTheme, type CSSVariablesResolver, type MantineColorsTuple } from "@mantine/core";

import { currentLanguage } from "./lib/words";

const pine: MantineColorsTuple = [
  "#e9f7f3",
  "#d3ece4",
  "#a5d9c9",
  "#74c5ac",
  "#4cb493",
  "#33a984",
  "#1f8a6a",
  "#147257",
  "#0f5c4d",
  "#0a463a",
];

const CLOSE = { en: "Close", de: "Schließen" };

export const theme = createTheme({
  primaryColor: "pine",
  colors: { pine },
  primaryShade: { light: 8, dark: 7 },
  autoContrast: true,
  luminanceThreshold: 0.35,
  defaultRadius: "md",
  cursorType: "pointer",
  respectReducedMotion: true,
  fontFamily: "Inter, system-ui, -apple-system, 'Segoe UI', Roboto, sans-serif",
  fontFamilyMonospace: "ui-monospace, 'Cascadia Code', Menlo, Consolas, monospace",
  headings: { fontWeight: "650" },
  components: {
    Modal: { defaultProps: { closeButtonProps: { "aria-label": CLOSE[currentLanguage()] } } },
    Anchor: { defaultProps: { underline: "always" } },
    Tooltip: { defaultProps: { withArrow: true, openDelay: 300 } },
    Table: { defaultProps: { verticalSpacing: "sm", highlightOnHover: true } },
  },
});

// Mantine's own dimmed grey and error red stay just below 4.5:1 on tinted grounds.
export const colours: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    "--mantine-color-dimmed": "#5a6472",
    "--mantine-color-error": "#b42318",
    "--mantine-color-orange-light-color": "#a8400b",
    "--ccm-canvas": "#f5f7f8",
    "--ccm-panel": "#ffffff",
    "--ccm-line": "#dfe4e8",
    "--ccm-edge": "#64707f",
    "--ccm-code-key": "#0f5c4d",
    "--ccm-code-text": "#1f2933",
    "--ccm-code-word": "#7526e3",
    "--ccm-late": "#b42318",
    "--ccm-soon": "#8a5300",
    "--ccm-quiet": "#eceff2",
    "--ccm-chosen": "#e9f7f3",
  },
  dark: {
    "--mantine-color-dimmed": "#a6b0bb",
    "--mantine-color-error": "#ff8a80",
    "--mantine-color-red-filled": "#c92a2a",
    "--mantine-color-red-filled-hover": "#b02525",
    "--mantine-color-body": "#14181c",
    "--ccm-canvas": "#101417",
    "--ccm-panel": "#1a1f24",
    "--ccm-line": "#2f373f",
    "--ccm-edge": "#8b98a5",
    "--ccm-code-key": "#74c5ac",
    "--ccm-code-text": "#e3e8ee",
    "--ccm-code-word": "#c4a5ff",
    "--ccm-late": "#ff8a80",
    "--ccm-soon": "#ffc078",
    "--ccm-quiet": "#2b333b",
    "--ccm-chosen": "#12332b",
  },
});
