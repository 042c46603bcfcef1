/** Who is signed in, and what they may. */
import { queryOptions } from "@tanstack/react-query";
import { createContext, useContext } from "react";

import { api, told, type Schemas } from "@/lib/api";
import { queries } from "@/lib/queries";
import { signedIn, signedOut } from "@/lib/session";

export type Me = Schemas["SessionRead"];

export const session = queryOptions({
  queryKey: ["session"],
  queryFn: () => told(api.GET("/v1/session")),
  staleTime: 60_000,
});

export const MeContext = createContext<Me | null>(null);

export function useMe(): Me {
  const me = useContext(MeContext);
  if (me === null) throw new Error("Only for somebody who is signed in.");
  return me;
}

/** Whether whoever is signed in may do what a scope names. */
export function useMay(): (scope: string) => boolean {
  const { scopes } = useMe();
  return (scope) => scopes.includes(scope);
}

export async function enter(name: string, password: string): Promise<void> {
  const me = await told(api.POST("/v1/session", { body: { name, password } }));
  queries.clear();
  queries.setQueryData(session.queryKey, me);
  signedIn();
}

export async function leave(): Promise<void> {
  // Whatever the server says, this browser shows nothing more.
  await told(api.DELETE("/v1/session")).catch(() => undefined);
  queries.clear();
  signedOut();
}

export async function changePassword(current: string, password: string): Promise<void> {
  await told(api.PUT("/v1/session/password", { body: { current, password } }));
  await queries.invalidateQueries({ queryKey: session.queryKey });
}
