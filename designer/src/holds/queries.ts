/** What is asked of the server about the kill switch. */
import { queryOptions } from "@tanstack/react-query";

import { api, told } from "@/lib/api";

export const holdsKey = ["holds"] as const;

export const holds = queryOptions({
  queryKey: holdsKey,
  queryFn: () => told(api.GET("/v1/repository/holds")),
});
