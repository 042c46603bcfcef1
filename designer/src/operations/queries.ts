/** What is asked of the server for the operations board. */
import { queryOptions } from "@tanstack/react-query";

import { api, told, type Schemas } from "@/lib/api";

export type Board = Schemas["BoardRead"];
export type Identity = Schemas["IdentityRead"];

/** How often the board looks anew, in milliseconds. */
export const EVERY = 10_000;

export const board = queryOptions({
  queryKey: ["operations", "board"],
  queryFn: () => told(api.GET("/v1/operations")),
  refetchInterval: EVERY,
});

export const accounting = queryOptions({
  queryKey: ["operations", "accounting"],
  queryFn: () => told(api.GET("/v1/accounting")),
  refetchInterval: EVERY,
});
