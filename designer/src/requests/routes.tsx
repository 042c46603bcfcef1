import { createRoute, lazyRouteComponent } from "@tanstack/react-router";

import { texts } from "@/lib/search";
import { root } from "@/shell/root";

import { COMMUNICATION_FILTERS, REQUEST_FILTERS } from "./queries";

const requests = createRoute({
  getParentRoute: () => root,
  path: "/requests",
  validateSearch: texts(...REQUEST_FILTERS, "after"),
  component: lazyRouteComponent(() => import("./RequestsPage"), "RequestsPage"),
});

const request = createRoute({
  getParentRoute: () => root,
  path: "/requests/$id",
  validateSearch: texts("tab"),
  component: lazyRouteComponent(() => import("./RequestPage"), "RequestPage"),
});

const communications = createRoute({
  getParentRoute: () => root,
  path: "/communications",
  validateSearch: texts(...COMMUNICATION_FILTERS, "final", "after"),
  component: lazyRouteComponent(() => import("./CommunicationsPage"), "CommunicationsPage"),
});

const communication = createRoute({
  getParentRoute: () => root,
  path: "/communications/$id",
  component: lazyRouteComponent(() => import("./CommunicationPage"), "CommunicationPage"),
});

export const requestRoutes = [requests, request, communications, communication] as const;
