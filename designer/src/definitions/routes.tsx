import { createRoute, lazyRouteComponent } from "@tanstack/react-router";

import { root } from "@/shell/root";

interface Search {
  text?: string;
  kind?: string;
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

export const definitionRoutes = [list, reviews] as const;
