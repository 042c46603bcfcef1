/** What the main menu leads to. A new page that people go to directly is one line here. */
import { IconChecklist, IconFileDescription, IconHome, IconRubberStamp, type Icon } from "@tabler/icons-react";

import type { useWords } from "./words";

export interface Place {
  to: string;
  name: keyof ReturnType<typeof useWords>;
  icon: Icon;
  /** Whether only this very address is the place, and not those below it. */
  exact?: boolean;
  /** What one must be allowed to do to go there. */
  scope?: string;
}

export const PLACES: Place[] = [
  { to: "/", name: "start", icon: IconHome, exact: true },
  { to: "/todos", name: "todos", icon: IconChecklist, scope: "todo:work" },
  { to: "/definitions", name: "definitions", icon: IconFileDescription, scope: "definition:read" },
  { to: "/reviews", name: "reviews", icon: IconRubberStamp, scope: "definition:read" },
];
