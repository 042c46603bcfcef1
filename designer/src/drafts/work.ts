/** Work that was not saved yet, kept by this browser so that a closed tab loses nothing. */

import type { Files } from "./queries";

export interface Work {
  source: string;
  /** What lay beside it. */
  beside: Files;
  /** The tag of the draft it was written on; null where there was none. */
  etag: string | null;
  at: string;
}

const key = (code: string) => `openccm.work.${code}`;

export function keptWork(code: string): Work | null {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(key(code)) ?? "null");
    return isWork(kept) ? kept : null;
  } catch {
    return null;
  }
}

export function keepWork(code: string, work: Work): void {
  localStorage.setItem(key(code), JSON.stringify(work));
}

export function forgetWork(code: string): void {
  localStorage.removeItem(key(code));
}

function isWork(it: unknown): it is Work {
  return typeof it === "object" && it !== null && "source" in it && "beside" in it && "etag" in it && "at" in it;
}
