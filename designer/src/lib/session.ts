/** Whether somebody is signed in with this browser. The session itself is a cookie no script can read. */
import { useSyncExternalStore } from "react";

const KEY = "openccm.signed-in";
const listeners = new Set<() => void>();

function isSignedIn(): boolean {
  return localStorage.getItem(KEY) !== null;
}

function announce(): void {
  for (const tell of listeners) tell();
}

export function signedIn(): void {
  localStorage.setItem(KEY, "yes");
  announce();
}

/** The server knows no session of ours, or we ended it. */
export function signedOut(): void {
  if (!isSignedIn()) return;
  localStorage.removeItem(KEY);
  announce();
}

function subscribe(tell: () => void): () => void {
  listeners.add(tell);
  // Signing out in one tab is signing out in all of them.
  window.addEventListener("storage", tell);
  return () => {
    listeners.delete(tell);
    window.removeEventListener("storage", tell);
  };
}

export function useSignedIn(): boolean {
  return useSyncExternalStore(subscribe, isSignedIn);
}
