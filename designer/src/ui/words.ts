import { words } from "@/lib/words";

export const useWords = words({
  en: {
    loading: "Loading …",
    failed: "This did not work",
    again: "Try again",
    unreachable: "The server does not answer.",
    denied: "You may not see this.",
    cancel: "Cancel",
    done: "Done",
    reason: "Why",
    firstPage: "First page",
    nextPage: "Next page",
    all: "Show all",
  },
  de: {
    loading: "Wird geladen …",
    failed: "Das hat nicht geklappt",
    again: "Noch einmal versuchen",
    unreachable: "Der Server antwortet nicht.",
    denied: "Das dürfen Sie nicht sehen.",
    cancel: "Abbrechen",
    done: "Erledigt",
    reason: "Warum",
    firstPage: "Erste Seite",
    nextPage: "Nächste Seite",
    all: "Alles zeigen",
  },
});
