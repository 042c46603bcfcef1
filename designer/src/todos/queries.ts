/** What is asked of the server about to-dos. */
import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";

import { api, told, type Schemas } from "@/lib/api";
import type { Me } from "@/signin/queries";

export type ToDo = Schemas["ToDoRead"];
export type Sheet = Schemas["SheetRead"];
export type State = ToDoState;
type ToDoState = "open" | "assigned" | "in_progress" | "deferred" | "completed" | "cancelled";
export type Mark = "ok" | "at_risk" | "breached";

export const TABS = ["mine", "queue", "all"] as const;
export type Tab = (typeof TABS)[number];

/** What the inbox shows, as its address says. */
export interface Shown {
  tab: Tab;
  closed?: boolean | undefined;
  sla?: Mark | undefined;
  type?: string | undefined;
  role?: string | undefined;
}

const ROOT = "todos";
const UNDER_WAY: State[] = ["open", "assigned", "in_progress", "deferred"];
const ENDED: State[] = ["completed", "cancelled"];
const PAGE = 50;
/** Lists and counts come anew so often: who sits here sees what others do. */
export const FRESH = 5_000;

export const todosKey = [ROOT] as const;

function asked({ tab, closed, sla, type, role }: Shown, me: Me) {
  const states: State[] = tab === "queue" ? ["open"] : closed ? ENDED : UNDER_WAY;
  return {
    state: states,
    sla,
    type,
    role: role !== undefined ? [role] : tab === "queue" ? me.roles : undefined,
    assigned_to: tab === "mine" ? me.actor : undefined,
    order: closed ? ("age" as const) : ("urgency" as const),
  };
}

/** Whether there can be any: who bears no role has no queue. */
export function hasQueue({ tab, role }: Shown, me: Me): boolean {
  return tab !== "queue" || role !== undefined || me.roles.length > 0;
}

export function todosIn(shown: Shown, me: Me) {
  return infiniteQueryOptions({
    queryKey: [ROOT, "list", shown, me.actor],
    queryFn: ({ pageParam }) =>
      told(
        api.GET("/v1/todos", {
          params: { query: { ...asked(shown, me), limit: PAGE, after: pageParam } },
        }),
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next ?? undefined,
    refetchInterval: FRESH,
    enabled: hasQueue(shown, me),
  });
}

const MOST = 100;

/** How many there are, up to a hundred. */
export function countOf(shown: Shown, me: Me) {
  return queryOptions({
    queryKey: [ROOT, "count", shown, me.actor],
    queryFn: async () => {
      const query = { ...asked(shown, me), limit: MOST };
      const { items, next } = await told(api.GET("/v1/todos", { params: { query } }));
      return next === null ? String(items.length) : `${MOST}+`;
    },
    refetchInterval: 3 * FRESH,
    enabled: hasQueue(shown, me),
  });
}

export function todosAbout(about: { person?: string; account?: string; owner?: string }) {
  return queryOptions({
    queryKey: [ROOT, "about", about],
    queryFn: async () => {
      const query = { ...about, state: UNDER_WAY, order: "urgency" as const, limit: PAGE };
      return (await told(api.GET("/v1/todos", { params: { query } }))).items;
    },
    refetchInterval: 3 * FRESH,
  });
}

const path = (todo_id: string) => ({ params: { path: { todo_id } } });

export function todoOf(id: string) {
  return queryOptions({
    queryKey: [ROOT, id],
    queryFn: () => told(api.GET("/v1/todos/{todo_id}", path(id))),
    refetchInterval: FRESH,
  });
}

export function sheetOf(id: string) {
  return queryOptions({
    queryKey: [ROOT, id, "sheet"],
    queryFn: () => told(api.GET("/v1/todos/{todo_id}/sheet", path(id))),
  });
}

export function notesOf(id: string) {
  return queryOptions({
    queryKey: [ROOT, id, "notes"],
    queryFn: () => told(api.GET("/v1/todos/{todo_id}/notes", path(id))),
  });
}

export function logOf(id: string) {
  return queryOptions({
    queryKey: [ROOT, id, "log"],
    queryFn: () => told(api.GET("/v1/todos/{todo_id}/log", path(id))),
  });
}
