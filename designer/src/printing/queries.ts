/** What is asked of the server about print runs and letters on paper. */
import { keepPreviousData, queryOptions } from "@tanstack/react-query";

import { api, told, type Schemas } from "@/lib/api";

export type PrintRun = Schemas["PrintRunRead"];
export type PrintRunDetail = Schemas["PrintRunDetail"];
export type Piece = Schemas["PieceRead"];

const ROOT = "printing";

export const printingKey = [ROOT] as const;

export function printRunsBy(state: string | undefined, after: string | undefined) {
  return queryOptions({
    queryKey: [ROOT, "list", state, after],
    queryFn: () => told(api.GET("/v1/print-runs", { params: { query: { state, after } } })),
    placeholderData: keepPreviousData,
  });
}

export function printRunOf(number: number) {
  return queryOptions({
    queryKey: [ROOT, number],
    queryFn: () => told(api.GET("/v1/print-runs/{number}", { params: { path: { number } } })),
    refetchInterval: 5_000,
  });
}

/** Pieces of one page, after a sequence number. */
export function piecesOfRun(number: number, state: string | undefined, after: number) {
  return queryOptions({
    queryKey: [ROOT, number, "pieces", state, after],
    queryFn: () =>
      told(api.GET("/v1/print-runs/{number}/pieces", { params: { path: { number }, query: { state, after, limit: 50 } } })),
    placeholderData: keepPreviousData,
  });
}

export function answersOf(number: number) {
  return queryOptions({
    queryKey: [ROOT, number, "answers"],
    queryFn: () => told(api.GET("/v1/print-runs/{number}/answers", { params: { path: { number } } })),
    refetchInterval: 5_000,
  });
}

export function piecesOfLetter(id: string) {
  return queryOptions({
    queryKey: [ROOT, "letter", id],
    queryFn: () =>
      told(api.GET("/v1/letters/{communication_id}/pieces", { params: { path: { communication_id: id } } })),
  });
}
