import { words } from "@/lib/words";

export const useWords = words({
  en: {
    title: "Start",
    waiting: "Waiting for your decision",
    waitingHint: "Versions of definitions that you may approve or reject",
    drafts: "Drafts",
    draftsHint: "Begun, and not handed over yet",
    live: "In force",
    liveHint: "Definitions that are used now",
  },
  de: {
    title: "Start",
    waiting: "Wartet auf Ihre Entscheidung",
    waitingHint: "Fassungen, die Sie freigeben oder ablehnen dürfen",
    drafts: "Entwürfe",
    draftsHint: "Begonnen und noch nicht eingereicht",
    live: "In Kraft",
    liveHint: "Definitionen, die jetzt gelten",
  },
});
