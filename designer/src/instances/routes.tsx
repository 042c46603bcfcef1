import { createRoute, lazyRouteComponent } from "@tanstack/react-router";

import { texts } from "@/lib/search";
import { root } from "@/shell/root";

import { INSTANCE_FILTERS } from "./queries";

const instances = createRoute({
  getParentRoute: () => root,
  path: "/instances",
  validateSearch: texts(...INSTANCE_FILTERS, "after"),
  component: lazyRouteComponent(() => import("./InstancesPage"), "InstancesPage"),
});

const instance = createRoute({
  getParentRoute: () => root,
  path: "/instances/$id",
  validateSearch: texts("tab"),
  component: lazyRouteComponent(() => import("./InstancePage"), "InstancePage"),
});

export const instanceRoutes = [instances, instance] as const;
