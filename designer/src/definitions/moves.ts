/** What can be done with a version, each by one call. */
import { useMutation, useQueryClient } from "@tanstack/react-query";

import { api, told } from "@/lib/api";

import { definitionsKey } from "./queries";

export type Move =
  | { do: "approve"; comment: string }
  | { do: "reject"; comment: string }
  | { do: "withdraw"; reason: string }
  | { do: "publish"; at: string | null }
  | { do: "unschedule"; reason: string }
  | { do: "rollback"; reason: string };

export function useMove(code: string, number: number, onDone: () => void) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (move: Move) => told(call(code, number, move)),
    onSuccess: onDone,
    onSettled: () => client.invalidateQueries({ queryKey: definitionsKey }),
  });
}

function call(code: string, number: number, move: Move) {
  const params = { path: { code, number } };
  switch (move.do) {
    case "approve":
    case "reject":
      return api.POST("/v1/definitions/{code}/versions/{number}/verdicts", {
        params,
        body: { verdict: move.do, comment: move.comment || null },
      });
    case "withdraw":
      return api.POST("/v1/definitions/{code}/versions/{number}/withdraw", {
        params,
        body: { reason: move.reason },
      });
    case "publish":
      return api.POST("/v1/definitions/{code}/versions/{number}/publish", {
        params,
        body: move.at === null ? {} : { effective_from: move.at },
      });
    case "unschedule":
      return api.POST("/v1/definitions/{code}/versions/{number}/unschedule", {
        params,
        body: { reason: move.reason },
      });
    case "rollback":
      return api.POST("/v1/definitions/{code}/rollback", {
        params: { path: { code } },
        body: { version: number, reason: move.reason },
      });
  }
}
