import { words } from "@/lib/words";

export const useWords = words({
  en: {
    title: "Kill switch",
    hint: "While a definition is held, nothing of it leaves; what waits goes on once it is released",
    none: "Nothing is held",
    noneHint: "Hold a definition, and from that moment on nothing of it leaves.",
    definition: "Definition",
    by: "By",
    since: "Since",
    reason: "Why",
    waiting: "Waiting",
    affected: "Who has got it already",
    hold: "Hold a definition",
    holdMeans: "Nothing of it leaves from now on. What was handed over already is not called back.",
    holdDone: "Held",
    release: "Release",
    releaseMeans: (count: number) =>
      count === 1 ? "One request that waits goes on at once." : `${count} requests that wait go on at once.`,
    releaseDone: "Released",
    which: "Definition",
  },
  de: {
    title: "Notschalter",
    hint: "Solange eine Definition angehalten ist, geht nichts davon hinaus; was wartet, geht nach der Freigabe weiter",
    none: "Nichts ist angehalten",
    noneHint: "Halten Sie eine Definition an, und von da an geht nichts davon hinaus.",
    definition: "Definition",
    by: "Von",
    since: "Seit",
    reason: "Warum",
    waiting: "Wartet",
    affected: "Wer es schon hat",
    hold: "Definition anhalten",
    holdMeans: "Von jetzt an geht nichts davon hinaus. Was schon übergeben ist, wird nicht zurückgerufen.",
    holdDone: "Angehalten",
    release: "Weiterlassen",
    releaseMeans: (count: number) =>
      count === 1 ? "Eine wartende Anforderung geht sofort weiter." : `${count} wartende Anforderungen gehen sofort weiter.`,
    releaseDone: "Weitergelassen",
    which: "Definition",
  },
});
