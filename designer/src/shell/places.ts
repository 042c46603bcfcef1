/** What the main menu leads to. A new page that people go to directly is one line here. */
import {
  IconActivity,
  IconAlertTriangle,
  IconBuildingFactory2,
  IconBolt,
  IconChecklist,
  IconFileDescription,
  IconHandStop,
  IconHome,
  IconInbox,
  IconMail,
  IconPrinter,
  IconRoute,
  IconRubberStamp,
  IconShieldCheck,
  IconStack2,
  IconUsers,
  type Icon,
} from "@tabler/icons-react";

import type { useWords } from "./words";

export interface Place {
  to: string;
  name: keyof ReturnType<typeof useWords>;
  icon: Icon;
  /** Whether only this very address is the place, and not those below it. */
  exact?: boolean;
  /** What one must be allowed to do to go there. */
  scope?: string;
  /** Under which heading it stands; none for what comes first. */
  section?: "supervision" | "administration";
}

export const PLACES: Place[] = [
  { to: "/", name: "start", icon: IconHome, exact: true },
  { to: "/todos", name: "todos", icon: IconChecklist, scope: "todo:work" },
  { to: "/definitions", name: "definitions", icon: IconFileDescription, scope: "definition:read" },
  { to: "/reviews", name: "reviews", icon: IconRubberStamp, scope: "definition:read" },
  { to: "/operations", name: "operations", icon: IconActivity, scope: "request:manage", section: "supervision" },
  { to: "/errors", name: "errors", icon: IconAlertTriangle, scope: "request:manage", section: "supervision" },
  { to: "/requests", name: "requests", icon: IconInbox, scope: "request:manage", section: "supervision" },
  { to: "/communications", name: "communications", icon: IconMail, scope: "request:manage", section: "supervision" },
  { to: "/instances", name: "instances", icon: IconRoute, scope: "process:manage", section: "supervision" },
  { to: "/events", name: "events", icon: IconBolt, scope: "request:manage", section: "supervision" },
  { to: "/holds", name: "holds", icon: IconHandStop, scope: "request:manage", section: "supervision" },
  { to: "/print-runs", name: "printRuns", icon: IconPrinter, scope: "letter:manage", section: "supervision" },
  { to: "/jobs", name: "jobs", icon: IconStack2, scope: "job:read", section: "supervision" },
  { to: "/people", name: "people", icon: IconUsers, scope: "user:manage", section: "administration" },
  { to: "/systems", name: "systems", icon: IconBuildingFactory2, scope: "system:manage", section: "administration" },
  { to: "/audit", name: "audit", icon: IconShieldCheck, scope: "audit:read", section: "administration" },
];
