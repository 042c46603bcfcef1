import { createRoute, lazyRouteComponent } from "@tanstack/react-router";

import { texts } from "@/lib/search";
import { root } from "@/shell/root";

const systems = createRoute({
  getParentRoute: () => root,
  path: "/systems",
  component: lazyRouteComponent(() => import("./SystemsPage"), "SystemsPage"),
});

const system = createRoute({
  getParentRoute: () => root,
  path: "/systems/$code",
  component: lazyRouteComponent(() => import("./SystemPage"), "SystemPage"),
});

const callback = createRoute({
  getParentRoute: () => root,
  path: "/systems/$code/callbacks/$id",
  validateSearch: texts("state", "after"),
  component: lazyRouteComponent(() => import("./CallbackPage"), "CallbackPage"),
});

export const systemRoutes = [systems, system, callback] as const;
