import { words } from "@/lib/words";

export const useWords = words({
  en: {
    menu: "Main menu",
    skip: "To the content",
    start: "Start",
    todos: "To-dos",
    definitions: "Definitions",
    reviews: "Reviews",
    language: "Language",
    dark: "Dark colours",
    light: "Light colours",
    signOut: "Sign out",
    nothing: "There is no such page",
    nothingHint: "The address may be mistyped, or what it showed is gone.",
    back: "To the start",
  },
  de: {
    menu: "Hauptmenü",
    skip: "Zum Inhalt",
    start: "Start",
    todos: "Aufgaben",
    definitions: "Definitionen",
    reviews: "Freigaben",
    language: "Sprache",
    dark: "Dunkle Farben",
    light: "Helle Farben",
    signOut: "Abmelden",
    nothing: "Diese Seite gibt es nicht",
    nothingHint: "Vielleicht ist die Adresse vertippt, oder was sie zeigte, ist fort.",
    back: "Zum Start",
  },
});
