import { createRoute, lazyRouteComponent } from "@tanstack/react-router";

import { root } from "@/shell/root";

const start = createRoute({
  getParentRoute: () => root,
  path: "/",
  component: lazyRouteComponent(() => import("./StartPage"), "StartPage"),
});

export const startRoutes = [start] as const;
