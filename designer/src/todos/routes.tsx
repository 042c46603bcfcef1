import { createRoute, lazyRouteComponent } from "@tanstack/react-router";

import { root } from "@/shell/root";

import { TABS, type Mark, type Shown } from "./queries";

const MARKS: Mark[] = ["ok", "at_risk", "breached"];

const text = (value: unknown) => (typeof value === "string" && value !== "" ? value : undefined);

const inbox = createRoute({
  getParentRoute: () => root,
  path: "/todos",
  validateSearch: (search: Record<string, unknown>): Partial<Shown> => ({
    tab: TABS.find((each) => each === search.tab),
    closed: search.closed === true ? true : undefined,
    sla: MARKS.find((each) => each === search.sla),
    type: text(search.type),
    role: text(search.role),
  }),
  component: lazyRouteComponent(() => import("./InboxPage"), "InboxPage"),
});

const one = createRoute({
  getParentRoute: () => root,
  path: "/todos/$id",
  component: lazyRouteComponent(() => import("./ToDoPage"), "ToDoPage"),
});

export const todoRoutes = [inbox, one] as const;
