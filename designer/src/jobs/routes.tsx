import { createRoute, lazyRouteComponent } from "@tanstack/react-router";

import { texts } from "@/lib/search";
import { root } from "@/shell/root";

const all = createRoute({
  getParentRoute: () => root,
  path: "/jobs",
  component: lazyRouteComponent(() => import("./JobsPage"), "JobsPage"),
});

const job = createRoute({
  getParentRoute: () => root,
  path: "/jobs/$code",
  validateSearch: texts("after"),
  component: lazyRouteComponent(() => import("./JobPage"), "JobPage"),
});

const run = createRoute({
  getParentRoute: () => root,
  path: "/jobs/$code/runs/$number",
  validateSearch: texts("state", "after"),
  component: lazyRouteComponent(() => import("./RunPage"), "RunPage"),
});

export const jobRoutes = [all, job, run] as const;
