/** What can be done with to-dos, each by one call. */
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";

import { api, told, type Schemas } from "@/lib/api";
import { tell, tellFailure } from "@/ui/told";

import { todosKey, type ToDo } from "./queries";
import { useWords } from "./words";

export type Deed =
  | { do: "claim" }
  | { do: "release"; reason: string | null }
  | { do: "defer"; follow_up_at: string; reason: string | null }
  | { do: "forward"; role: string | null; agent: string | null; reason: string | null }
  | { do: "priority"; priority: number; reason: string }
  | { do: "cancel"; reason: string }
  | { do: "complete"; outcome: string; form: Schemas["CompleteBody"]["form"]; reason: string | null; on: string | null }
  | { do: "note"; text: string };

export function useDeed(id: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (deed: Deed) => carryOut(id, deed),
    // Whether it went well or somebody else was quicker: what is shown is not true any more.
    onSettled: () => client.invalidateQueries({ queryKey: todosKey }),
  });
}

function carryOut(todo_id: string, { do: name, ...said }: Deed): Promise<unknown> {
  const params = { path: { todo_id } };
  const body = said as never;
  switch (name) {
    case "claim":
      return told(api.POST("/v1/todos/{todo_id}/claim", { params }));
    case "release":
      return told(api.POST("/v1/todos/{todo_id}/release", { params, body }));
    case "defer":
      return told(api.POST("/v1/todos/{todo_id}/defer", { params, body }));
    case "forward":
      return told(api.POST("/v1/todos/{todo_id}/forward", { params, body }));
    case "priority":
      return told(api.POST("/v1/todos/{todo_id}/priority", { params, body }));
    case "cancel":
      return told(api.POST("/v1/todos/{todo_id}/cancel", { params, body }));
    case "complete":
      return told(api.POST("/v1/todos/{todo_id}/complete", { params, body }));
    case "note":
      return told(api.POST("/v1/todos/{todo_id}/notes", { params, body }));
  }
}

/** Take the most urgent one that nobody has, and go to it. */
export function useNext() {
  const t = useWords();
  const client = useQueryClient();
  const navigate = useNavigate();
  return useMutation({
    mutationFn: () => told(api.POST("/v1/todos/next", { body: {} })),
    onSuccess: async ({ todo, short_of: lacking }) => {
      if (todo === null) {
        tell(t.nothingNext);
        await navigate({ to: "/todos" });
        return;
      }
      if (lacking.length > 0) tell(t.lacking(lacking.map((each) => each.skill).join(", ")));
      await navigate({ to: "/todos/$id", params: { id: todo.id } });
    },
    onError: tellFailure,
    onSettled: () => client.invalidateQueries({ queryKey: todosKey }),
  });
}

export type ManyDeed = Schemas["BulkCreate"]["do"];
export type Verdict = Schemas["api__routes__todo_commands__VerdictRead"];

export function useMany() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (asked: { ids: string[]; do: ManyDeed }) => told(api.POST("/v1/todos/bulk", { body: asked })),
    onSettled: () => client.invalidateQueries({ queryKey: todosKey }),
  });
}

const HELD = ["assigned", "in_progress"];

export function isHeld({ state }: ToDo): boolean {
  return HELD.includes(state);
}

export function isClosed({ state }: ToDo): boolean {
  return state === "completed" || state === "cancelled";
}
