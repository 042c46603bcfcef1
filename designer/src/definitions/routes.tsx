import { createRoute, lazyRouteComponent } from "@tanstack/react-router";

import { root } from "@/shell/root";

interface Search {
  text?: string | undefined;
  kind?: string | undefined;
}

export const TABS = ["versions", "picture", "usedBy"] as const;
export type Tab = (typeof TABS)[number];

interface Compared {
  from?: number | undefined;
  to?: number | undefined;
}

const text = (value: unknown) => (typeof value === "string" && value !== "" ? value : undefined);

const list = createRoute({
  getParentRoute: () => root,
  path: "/definitions",
  validateSearch: (search): Search => ({ text: text(search.text), kind: text(search.kind) }),
  component: lazyRouteComponent(() => import("./ListPage"), "ListPage"),
});

const reviews = createRoute({
  getParentRoute: () => root,
  path: "/reviews",
  component: lazyRouteComponent(() => import("./ReviewsPage"), "ReviewsPage"),
});

const one = createRoute({
  getParentRoute: () => root,
  path: "/definitions/$code",
  validateSearch: (search): { tab?: Tab | undefined } => ({ tab: TABS.find((each) => each === search.tab) }),
  component: lazyRouteComponent(() => import("./DefinitionPage"), "DefinitionPage"),
});

const number = (value: unknown) => (Number.isInteger(value) ? (value as number) : undefined);

const compare = createRoute({
  getParentRoute: () => root,
  path: "/definitions/$code/compare",
  validateSearch: (search): Compared => ({ from: number(search.from), to: number(search.to) }),
  component: lazyRouteComponent(() => import("./ComparePage"), "ComparePage"),
});

export const definitionRoutes = [list, reviews, one, compare] as const;
