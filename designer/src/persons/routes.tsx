import { createRoute, lazyRouteComponent } from "@tanstack/react-router";

import { texts } from "@/lib/search";
import { root } from "@/shell/root";

/** `kinds` narrows the timeline, `open` names what is shown beside it: `communication:ID`. */
const beside = texts("kinds", "open");

const person = createRoute({
  getParentRoute: () => root,
  path: "/persons/$key",
  validateSearch: beside,
  component: lazyRouteComponent(() => import("./PersonPage"), "PersonPage"),
});

const account = createRoute({
  getParentRoute: () => root,
  path: "/accounts/$key",
  validateSearch: beside,
  component: lazyRouteComponent(() => import("./AccountPage"), "AccountPage"),
});

const premise = createRoute({
  getParentRoute: () => root,
  path: "/premises/$key",
  validateSearch: beside,
  component: lazyRouteComponent(() => import("./PremisePage"), "PremisePage"),
});

const one = createRoute({
  getParentRoute: () => root,
  path: "/cases/$id",
  component: lazyRouteComponent(() => import("./CasePage"), "CasePage"),
});

export const personRoutes = [person, account, premise, one] as const;
