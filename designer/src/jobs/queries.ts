/** What is asked of the server about jobs and their runs. */
import { keepPreviousData, queryOptions } from "@tanstack/react-query";

import { api, told, type Schemas } from "@/lib/api";

export type Job = Schemas["JobRead"];
export type JobDetail = Schemas["JobDetail"];
export type Run = Schemas["RunRead"];
export type Timetable = Schemas["TimetableRead"];
export type Item = Schemas["ItemRead"];
export type Command = Schemas["RunCommand"]["command"];

const ROOT = "jobs";

export const jobsKey = [ROOT] as const;

export const jobs = queryOptions({
  queryKey: [ROOT, "list"],
  queryFn: () => told(api.GET("/v1/jobs")),
  refetchInterval: 10_000,
});

export function jobOf(code: string) {
  return queryOptions({
    queryKey: [ROOT, code],
    queryFn: () => told(api.GET("/v1/jobs/{code}", { params: { path: { code } } })),
    refetchInterval: 5_000,
  });
}

export function runsOf(code: string, after: string | undefined) {
  return queryOptions({
    queryKey: [ROOT, code, "runs", after],
    queryFn: () => told(api.GET("/v1/jobs/{code}/runs", { params: { path: { code }, query: { after, limit: 20 } } })),
    placeholderData: keepPreviousData,
    refetchInterval: 5_000,
  });
}

export function runOf(code: string, number: number) {
  return queryOptions({
    queryKey: [ROOT, code, "run", number],
    queryFn: () => told(api.GET("/v1/jobs/{code}/runs/{number}", { params: { path: { code, number } } })),
    refetchInterval: 3_000,
  });
}

export function itemsOf(code: string, number: number, state: Item["state"] | undefined, after: string | undefined) {
  return queryOptions({
    queryKey: [ROOT, code, "items", number, state, after],
    queryFn: () =>
      told(
        api.GET("/v1/jobs/{code}/runs/{number}/items", {
          params: { path: { code, number }, query: { state: state as "failed" | undefined, after, limit: 50 } },
        }),
      ),
    placeholderData: keepPreviousData,
  });
}
