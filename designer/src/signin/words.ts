import { words } from "@/lib/words";

export const useWords = words({
  en: {
    title: "Sign in",
    welcome: "Customer communication, explained step by step.",
    key: "API key",
    keyHint: "It stays in this tab and is forgotten when you close it.",
    go: "Sign in",
    wrong: "This key is unknown, expired or switched off.",
  },
  de: {
    title: "Anmelden",
    welcome: "Kundenkommunikation, Schritt für Schritt erklärt.",
    key: "API-Schlüssel",
    keyHint: "Er bleibt in diesem Tab und wird vergessen, wenn Sie ihn schließen.",
    go: "Anmelden",
    wrong: "Dieser Schlüssel ist unbekannt, abgelaufen oder abgeschaltet.",
  },
});
