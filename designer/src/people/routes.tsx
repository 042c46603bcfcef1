import { createRoute, lazyRouteComponent } from "@tanstack/react-router";

import { root } from "@/shell/root";

const users = createRoute({
  getParentRoute: () => root,
  path: "/people",
  component: lazyRouteComponent(() => import("./UsersPage"), "UsersPage"),
});

const roles = createRoute({
  getParentRoute: () => root,
  path: "/people/roles",
  component: lazyRouteComponent(() => import("./RolesPage"), "RolesPage"),
});

const groups = createRoute({
  getParentRoute: () => root,
  path: "/people/groups",
  component: lazyRouteComponent(() => import("./GroupsPage"), "GroupsPage"),
});

const sessions = createRoute({
  getParentRoute: () => root,
  path: "/people/sessions",
  component: lazyRouteComponent(() => import("./SessionsPage"), "SessionsPage"),
});

const user = createRoute({
  getParentRoute: () => root,
  path: "/people/$name",
  component: lazyRouteComponent(() => import("./UserPage"), "UserPage"),
});

export const peopleRoutes = [users, roles, groups, sessions, user] as const;
