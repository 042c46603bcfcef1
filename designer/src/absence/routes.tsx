import { createRoute, lazyRouteComponent } from "@tanstack/react-router";

import { root } from "@/shell/root";

const own = createRoute({
  getParentRoute: () => root,
  path: "/absence",
  component: lazyRouteComponent(() => import("./AbsencePage"), "AbsencePage"),
});

export const absenceRoutes = [own] as const;
