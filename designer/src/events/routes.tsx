import { createRoute, lazyRouteComponent } from "@tanstack/react-router";

import { texts } from "@/lib/search";
import { root } from "@/shell/root";

import { EVENT_FILTERS } from "./queries";

const events = createRoute({
  getParentRoute: () => root,
  path: "/events",
  validateSearch: texts(...EVENT_FILTERS, "after"),
  component: lazyRouteComponent(() => import("./EventsPage"), "EventsPage"),
});

const unmapped = createRoute({
  getParentRoute: () => root,
  path: "/events/unmapped",
  component: lazyRouteComponent(() => import("./UnmappedPage"), "UnmappedPage"),
});

const triggers = createRoute({
  getParentRoute: () => root,
  path: "/events/triggers",
  component: lazyRouteComponent(() => import("./TriggersPage"), "TriggersPage"),
});

const event = createRoute({
  getParentRoute: () => root,
  path: "/events/$id",
  component: lazyRouteComponent(() => import("./EventPage"), "EventPage"),
});

export const eventRoutes = [events, unmapped, triggers, event] as const;
