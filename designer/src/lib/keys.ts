/** Keys that mean something wherever the focus is, but where somebody writes. */
import { useEffect, useEffectEvent } from "react";

type Keys = Record<string, (() => void) | undefined>;

const WRITING = "input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable]";

function isTaken(event: KeyboardEvent): boolean {
  const { target } = event;
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return true;
  if (document.querySelector("[role=dialog]") !== null) return true;
  return target instanceof Element && target.closest(WRITING) !== null;
}

/** One letter or digit each: `useKeys({ n: next })`. */
export function useKeys(keys: Keys): void {
  const onKey = useEffectEvent((event: KeyboardEvent) => {
    const deed = keys[event.key.toLowerCase()];
    if (deed === undefined || isTaken(event)) return;
    event.preventDefault();
    deed();
  });
  useEffect(() => {
    document.addEventListener("keydown", onKey);
    return () => document.removeEventListener("keydown", onKey);
  }, []);
}
