import { createRoute, lazyRouteComponent } from "@tanstack/react-router";

import { root } from "@/shell/root";

const log = createRoute({
  getParentRoute: () => root,
  path: "/persons/$key/log",
  component: lazyRouteComponent(() => import("./LogPage"), "LogPage"),
});

const one = createRoute({
  getParentRoute: () => root,
  path: "/contacts/$id",
  component: lazyRouteComponent(() => import("./ContactPage"), "ContactPage"),
});

export const contactRoutes = [log, one] as const;
