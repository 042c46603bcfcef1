import { createRoute, lazyRouteComponent } from "@tanstack/react-router";

import { texts } from "@/lib/search";
import { root } from "@/shell/root";

import { AUDIT_FILTERS } from "./queries";

const audit = createRoute({
  getParentRoute: () => root,
  path: "/audit",
  validateSearch: texts(...AUDIT_FILTERS, "after"),
  component: lazyRouteComponent(() => import("./AuditPage"), "AuditPage"),
});

export const auditRoutes = [audit] as const;
