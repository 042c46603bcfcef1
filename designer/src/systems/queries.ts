/** What is asked of the server about core systems, their keys and their callbacks. */
import { keepPreviousData, queryOptions } from "@tanstack/react-query";

import { api, told, type Schemas } from "@/lib/api";

export type SystemDetail = Schemas["SystemDetail"];
export type Key = Schemas["KeyRead"];
export type Callback = Schemas["CallbackRead"];

const ROOT = "systems";

export const systemsKey = [ROOT] as const;

export const systems = queryOptions({
  queryKey: [ROOT, "list"],
  queryFn: () => told(api.GET("/v1/systems")),
});

export function systemOf(code: string) {
  return queryOptions({
    queryKey: [ROOT, code],
    queryFn: () => told(api.GET("/v1/systems/{code}", { params: { path: { code } } })),
  });
}

export function callbacksOf(code: string) {
  return queryOptions({
    queryKey: [ROOT, code, "callbacks"],
    queryFn: () => told(api.GET("/v1/systems/{code}/callbacks", { params: { path: { code } } })),
    refetchInterval: 10_000,
  });
}

export function deliveriesOf(code: string, id: string, state: string | undefined, after: string | undefined) {
  return queryOptions({
    queryKey: [ROOT, code, "callbacks", id, state, after],
    queryFn: () =>
      told(
        api.GET("/v1/systems/{code}/callbacks/{callback_id}/deliveries", {
          params: { path: { code, callback_id: id }, query: { state, after } },
        }),
      ),
    placeholderData: keepPreviousData,
    refetchInterval: 10_000,
  });
}
