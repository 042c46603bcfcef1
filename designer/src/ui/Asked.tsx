/** The three faces of a query: waiting, failed, and what it answered. */
import { Skeleton, Stack, VisuallyHidden } from "@mantine/core";
import type { UseQueryResult } from "@tanstack/react-query";
import type { ReactNode } from "react";

import { Failure } from "./Failure";
import { useWords } from "./words";

interface Props<T> {
  query: UseQueryResult<T>;
  children: (data: T) => ReactNode;
}

export function Asked<T>({ query, children }: Props<T>) {
  if (query.data !== undefined) return children(query.data);
  if (query.isError) return <Failure error={query.error} again={() => void query.refetch()} />;
  return <Waiting />;
}

export function Waiting() {
  const t = useWords();
  return (
    <Stack gap="sm" role="status" aria-busy>
      <VisuallyHidden>{t.loading}</VisuallyHidden>
      {[90, 100, 80, 95, 70].map((width) => (
        <Skeleton key={width} h={28} w={`${width}%`} radius="sm" />
      ))}
    </Stack>
  );
}
