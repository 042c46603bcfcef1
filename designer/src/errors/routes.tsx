import { createRoute, lazyRouteComponent } from "@tanstack/react-router";

import { root } from "@/shell/root";

const errorList = createRoute({
  getParentRoute: () => root,
  path: "/errors",
  component: lazyRouteComponent(() => import("./ErrorsPage"), "ErrorsPage"),
});

export const errorRoutes = [errorList] as const;
