/** The app's languages: each folder keeps its own sentences, and no language may lack one. */
import { useSyncExternalStore } from "react";

export const LANGUAGES = { en: "English", de: "Deutsch" } as const;
export type Language = keyof typeof LANGUAGES;

type Sentence = string | ((...facts: never[]) => string);
type Like<T> = { [K in keyof T]: T[K] extends string ? string : T[K] };

const KEY = "openccm.language";
const listeners = new Set<() => void>();

function chosen(): Language {
  const kept = localStorage.getItem(KEY);
  if (kept === "en" || kept === "de") return kept;
  return navigator.language.startsWith("de") ? "de" : "en";
}

let language: Language = typeof localStorage === "undefined" ? "en" : chosen();

export function currentLanguage(): Language {
  return language;
}

export function chooseLanguage(next: Language): void {
  language = next;
  localStorage.setItem(KEY, next);
  document.documentElement.lang = next;
  for (const tell of listeners) tell();
}

export function useLanguage(): Language {
  return useSyncExternalStore((tell) => {
    listeners.add(tell);
    return () => listeners.delete(tell);
  }, currentLanguage);
}

/** The catalogue of one folder: `const useWords = words({ en, de })`, then `const t = useWords()`. */
export function words<T extends Record<string, Sentence>>(all: { en: T; de: Like<T> }) {
  const catalogues = all as Record<Language, Like<T>>;
  return function useWords(): Like<T> {
    return catalogues[useLanguage()];
  };
}
