/** What is asked of the server about everything that stands in error. */
import { queryOptions } from "@tanstack/react-query";

import { api, told, type Schemas } from "@/lib/api";

export type Cause = Schemas["CauseRead"];

export const errorsKey = ["errors"] as const;

export const causes = queryOptions({
  queryKey: errorsKey,
  queryFn: () => told(api.GET("/v1/errors")),
  refetchInterval: 10_000,
});

const BATCH = 50;

/** Retries all of a cause in batches, so that whoever waits sees it go on; answers how many. */
export async function retryAll(cause: Cause, why: string, tell: (done: number) => void): Promise<number> {
  const { definition, reason } = cause;
  let done = 0;
  // What fails again at once comes back to its cause: each is tried once, not for ever.
  while (done < cause.number) {
    const limit = Math.min(BATCH, cause.number - done);
    const { retried } = await told(api.POST("/v1/errors/retry", { body: { definition, reason, why, limit } }));
    if (retried === 0) break;
    done += retried;
    tell(done);
  }
  return done;
}
