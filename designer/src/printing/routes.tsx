import { createRoute, lazyRouteComponent } from "@tanstack/react-router";

import { texts } from "@/lib/search";
import { root } from "@/shell/root";

const runs = createRoute({
  getParentRoute: () => root,
  path: "/print-runs",
  validateSearch: texts("state", "after"),
  component: lazyRouteComponent(() => import("./PrintRunsPage"), "PrintRunsPage"),
});

const run = createRoute({
  getParentRoute: () => root,
  path: "/print-runs/$number",
  validateSearch: texts("state", "after"),
  component: lazyRouteComponent(() => import("./PrintRunPage"), "PrintRunPage"),
});

export const printingRoutes = [runs, run] as const;
