import { createRoute, lazyRouteComponent } from "@tanstack/react-router";

import { root } from "@/shell/root";

const operations = createRoute({
  getParentRoute: () => root,
  path: "/operations",
  component: lazyRouteComponent(() => import("./OperationsPage"), "OperationsPage"),
});

export const operationRoutes = [operations] as const;
