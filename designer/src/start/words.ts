import { words } from "@/lib/words";

export const useWords = words({
  en: {
    title: "Start",
    mine: "My to-dos",
    mineHint: "What you have taken and not finished",
    queue: "My queue",
    queueHint: "What is free for your roles",
    late: "Overdue",
    lateHint: "Of all to-dos you may see",
    waiting: "Waiting for your decision",
    waitingHint: "Versions of definitions that you may approve or reject",
    drafts: "Drafts",
    draftsHint: "Begun, and not handed over yet",
    live: "In force",
    liveHint: "Definitions that are used now",
  },
  de: {
    title: "Start",
    mine: "Meine Aufgaben",
    mineHint: "Was Sie übernommen und nicht beendet haben",
    queue: "Meine Warteschlange",
    queueHint: "Was für Ihre Rollen frei ist",
    late: "Überfällig",
    lateHint: "Von allen Aufgaben, die Sie sehen",
    waiting: "Wartet auf Ihre Entscheidung",
    waitingHint: "Fassungen, die Sie freigeben oder ablehnen dürfen",
    drafts: "Entwürfe",
    draftsHint: "Begonnen und noch nicht eingereicht",
    live: "In Kraft",
    liveHint: "Definitionen, die jetzt gelten",
  },
});
