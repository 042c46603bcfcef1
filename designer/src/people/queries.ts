/** What is asked of the server about users, roles, groups and sessions. */
import { queryOptions } from "@tanstack/react-query";

import { api, told, type Schemas } from "@/lib/api";

export type User = Schemas["UserRead"];
export type Role = Schemas["RoleRead"];
export type UserGroup = Schemas["GroupRead"];

const ROOT = "people";

export const peopleKey = [ROOT] as const;

export const users = queryOptions({
  queryKey: [ROOT, "users"],
  queryFn: () => told(api.GET("/v1/users")),
});


export function userOf(name: string) {
  return queryOptions({
    queryKey: [ROOT, "users", name],
    queryFn: () => told(api.GET("/v1/users/{name}", { params: { path: { name } } })),
  });
}

export const roles = queryOptions({
  queryKey: [ROOT, "roles"],
  queryFn: () => told(api.GET("/v1/roles")),
});

export const groups = queryOptions({
  queryKey: [ROOT, "groups"],
  queryFn: () => told(api.GET("/v1/groups")),
});

export const scopes = queryOptions({
  queryKey: [ROOT, "scopes"],
  queryFn: () => told(api.GET("/v1/scopes")),
  staleTime: Infinity,
});

export function sessionsOf(user?: string) {
  return queryOptions({
    queryKey: [ROOT, "sessions", user],
    queryFn: () => told(api.GET("/v1/sessions", { params: { query: { user } } })),
  });
}
