import { createRoute, lazyRouteComponent } from "@tanstack/react-router";

import { root } from "@/shell/root";

const holdList = createRoute({
  getParentRoute: () => root,
  path: "/holds",
  component: lazyRouteComponent(() => import("./HoldsPage"), "HoldsPage"),
});

export const holdRoutes = [holdList] as const;
