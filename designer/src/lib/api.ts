/** The only way to the server: typed by the API's own description, failing as a Problem. */
import createClient, { type Middleware } from "openapi-fetch";

import { asProblem, Problem, UNREACHABLE } from "./problem";
import type { components, paths } from "./schema";
import { signedOut } from "./session";

export type Schemas = components["schemas"];

const watch: Middleware = {
  onResponse({ response }) {
    if (response.status === 401) signedOut();
    return undefined;
  },
  onError() {
    return new Problem({ status: 0, code: UNREACHABLE, detail: "The server does not answer." });
  },
};

export const api = createClient<paths>({ baseUrl: "" });
api.use(watch);

interface Answer<T> {
  data?: T;
  error?: unknown;
  response: Response;
}

/** The data of an answer; anything else is thrown, so that queries and forms show it. */
export async function told<T>(asked: Promise<Answer<T>>): Promise<T> {
  const { data, error, response } = await asked;
  if (!response.ok) throw asProblem(error, response.status);
  return data as T;
}

/** The same with the tag that goes with the next save. */
export async function tagged<T>(asked: Promise<Answer<T>>): Promise<{ data: T; etag: string }> {
  const answer = await asked;
  const data = await told(Promise.resolve(answer));
  return { data, etag: answer.response.headers.get("ETag") ?? "" };
}
