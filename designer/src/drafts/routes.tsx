import { createRoute, lazyRouteComponent } from "@tanstack/react-router";

import type { Pane } from "@/process/Toolbar";
import { root } from "@/shell/root";

interface Search {
  view?: Pane | undefined;
  step?: string | undefined;
}

const PANES = ["canvas", "both", "outline", "text"];
const isPane = (value: unknown): value is Pane => PANES.includes(String(value));

const draft = createRoute({
  getParentRoute: () => root,
  path: "/definitions/$code/draft",
  validateSearch: ({ view, step }): Search => ({
    view: isPane(view) ? view : undefined,
    step: typeof step === "string" ? step : undefined,
  }),
  component: lazyRouteComponent(() => import("./DraftPage"), "DraftPage"),
});

export const draftRoutes = [draft] as const;
