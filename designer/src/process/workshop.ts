/** What all parts of the designer share: the manuscript, what is selected, what is wrong. */
import { createContext, useContext, useSyncExternalStore } from "react";

import type { Reading, Splice } from "@/yaml/reading";

import type { Folder } from "./folder";
import type { Manuscript, Snapshot } from "./manuscript";
import type { Kind, Problem } from "./queries";
import type { Schema } from "./schema";
import type { ProcessView } from "./view";

export type Deed = (reading: Reading, process: ProcessView) => Splice[];

/** What is looked at, as the address keeps it. */
export interface View {
  view?: Pane | undefined;
  step?: string | undefined;
  side?: Side | undefined;
  file?: string | undefined;
}

export const PANES = ["canvas", "both", "outline", "text", "grid"] as const;
export type Pane = (typeof PANES)[number];

export const SIDES = ["form", "simulate", "cases"] as const;
export type Side = (typeof SIDES)[number];

export interface Workshop {
  code: string;
  kind: Kind;
  manuscript: Manuscript;
  /** The files beside the text. */
  folder: Folder;
  /** Make the server know what is written here. */
  save: () => Promise<void>;
  schema: Schema;
  /** Whether anything may be changed here at all. */
  editable: boolean;
  selected: readonly string[];
  select: (ids: readonly string[]) => void;
  problems: readonly Problem[];
  /** Do something to the process; a refusal is told, and nothing changes. */
  act: (deed: Deed) => void;
  /** Bring the place of a step into view in the text. */
  showInText: (at: number) => void;
}

export const WorkshopContext = createContext<Workshop | null>(null);

export function useWorkshop(): Workshop {
  const workshop = useContext(WorkshopContext);
  if (workshop === null) throw new Error("Only inside a designer.");
  return workshop;
}

export function useSnapshot(): Snapshot {
  const { manuscript } = useWorkshop();
  return useSyncExternalStore(manuscript.subscribe, manuscript.snapshot);
}

/** Whether canvas and forms may change something now: the text can be read, and is ours. */
export function useOpen(): boolean {
  const { editable } = useWorkshop();
  return useSnapshot().faults.length === 0 && editable;
}
