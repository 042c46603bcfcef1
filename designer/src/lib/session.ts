/** Who is signed in, in this tab. */
import { useSyncExternalStore } from "react";

const KEY = "openccm.key";
const listeners = new Set<() => void>();

export function currentKey(): string | null {
  return sessionStorage.getItem(KEY);
}

function keep(key: string | null): void {
  if (key === null) sessionStorage.removeItem(KEY);
  else sessionStorage.setItem(KEY, key);
  for (const tell of listeners) tell();
}

export function signIn(key: string): void {
  keep(key);
}

export function signedOut(): void {
  if (currentKey() !== null) keep(null);
}

export function useSignedIn(): boolean {
  return useSyncExternalStore(
    (tell) => {
      listeners.add(tell);
      return () => listeners.delete(tell);
    },
    () => currentKey() !== null,
  );
}
