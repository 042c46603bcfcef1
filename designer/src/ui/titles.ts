/** What definitions are called, for those who may read them. */
import { queryOptions, useQuery } from "@tanstack/react-query";

import { api, told } from "@/lib/api";
import { useMay } from "@/signin/queries";

/** Titles by code, of all definitions of a kind, or of all kinds. */
export function titlesOf(kind?: string) {
  return queryOptions({
    queryKey: ["definitions", "titles", kind],
    queryFn: async () => {
      const query = { state: ["live" as const], limit: 500, kind };
      const rows = await told(api.GET("/v1/definitions", { params: { query } }));
      return Object.fromEntries(rows.map(({ code, title }) => [code, title]));
    },
    staleTime: 300_000,
  });
}

/** The title of a definition; its code while nobody has told us, or where one may not know. */
export function useTitles(kind?: string): (code: string) => string {
  const may = useMay();
  const { data } = useQuery({ ...titlesOf(kind), enabled: may("definition:read") });
  return (code) => data?.[code] ?? code;
}
