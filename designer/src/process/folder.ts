/** The files beside a definition's text, under work: samples, saved cases, templates. */
import { useSyncExternalStore } from "react";

import type { Files } from "./queries";
import { useWorkshop } from "./workshop";

export interface Contents {
  files: Files;
  changed: boolean;
  /** Grows with every change, so that what was asked about older contents is not taken for new. */
  edition: number;
}

export class Folder {
  private readonly listeners = new Set<() => void>();
  private saved: Files;
  private current: Contents;

  constructor(files: Files) {
    this.saved = files;
    this.current = { files, changed: false, edition: 0 };
  }

  readonly subscribe = (tell: () => void): (() => void) => {
    this.listeners.add(tell);
    return () => this.listeners.delete(tell);
  };

  readonly snapshot = (): Contents => this.current;

  textOf(path: string): string {
    const found = this.current.files[path];
    return typeof found === "string" ? found : "";
  }

  write(path: string, text: string): void {
    if (this.current.files[path] === text) return;
    this.become({ ...this.current.files, [path]: text });
  }

  remove(path: string): void {
    this.become(Object.fromEntries(Object.entries(this.current.files).filter(([name]) => name !== path)));
  }

  replace(files: Files): void {
    this.become(files);
  }

  /** The server has these now. */
  keep(files: Files): void {
    this.saved = files;
    this.become(this.current.files);
  }

  private become(files: Files): void {
    const changed = JSON.stringify(sorted(files)) !== JSON.stringify(sorted(this.saved));
    this.current = { files, changed, edition: this.current.edition + 1 };
    for (const tell of this.listeners) tell();
  }
}

function sorted(files: Files): [string, unknown][] {
  return Object.entries(files).toSorted(([a], [b]) => a.localeCompare(b));
}

export function useContents(): Contents {
  const { folder } = useWorkshop();
  return useSyncExternalStore(folder.subscribe, folder.snapshot);
}

/** The names of the files in a folder below, without their endings. */
export function namesIn(files: Files, folder: string): string[] {
  return Object.keys(files)
    .filter((path) => path.startsWith(`${folder}/`) && path.endsWith(".yaml"))
    .map((path) => path.slice(folder.length + 1, -".yaml".length))
    .toSorted();
}
