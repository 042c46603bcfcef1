/** What was asked of the server, and for how long the answer holds. */
import { QueryClient } from "@tanstack/react-query";

import { Problem } from "./problem";

export const queries = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 10_000,
      // What the server refused it refuses again; only silence is worth another try.
      retry: (failures, error) =>
        failures < 2 && !(error instanceof Problem && error.status >= 400 && error.status < 500),
    },
  },
});
