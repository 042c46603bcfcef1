import { words } from "@/lib/words";

export const useWords = words({
  en: {
    title: "Sign in",
    welcome: "Customer communication, explained step by step.",
    name: "Name",
    password: "Password",
    go: "Sign in",
    change: "Choose a password",
    changeHint: "The one you have was given to you. Only you should know yours.",
    current: "Current password",
    fresh: "New password",
    freshHint: "At least 12 characters.",
    out: "Sign out",
  },
  de: {
    title: "Anmelden",
    welcome: "Kundenkommunikation, Schritt für Schritt erklärt.",
    name: "Name",
    password: "Passwort",
    go: "Anmelden",
    change: "Passwort wählen",
    changeHint: "Ihres wurde Ihnen gegeben. Nur Sie sollten es kennen.",
    current: "Jetziges Passwort",
    fresh: "Neues Passwort",
    freshHint: "Mindestens 12 Zeichen.",
    out: "Abmelden",
  },
});
