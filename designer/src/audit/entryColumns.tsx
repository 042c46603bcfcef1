/** How an entry of the trail is shown, wherever it is. */
import { Code, Text } from "@mantine/core";

import type { Column } from "@/ui/Listing";
import { spaced } from "@/ui/states";
import { When } from "@/ui/When";

import type { Entry } from "./queries";
import { useWords } from "./words";

export function useEntryColumns(): Column<Entry>[] {
  const t = useWords();
  return [
    { title: t.at, cell: (row) => <When at={row.at} exact /> },
    { title: t.actor, cell: (row) => row.actor },
    {
      title: t.action,
      cell: (row) => (
        <>
          {row.action}
          {Object.keys(row.detail).length > 0 && (
            <details>
              <Text component="summary" size="xs" c="dimmed">
                {t.detail}
              </Text>
              <Code fz="xs">{JSON.stringify(row.detail)}</Code>
            </details>
          )}
        </>
      ),
    },
    {
      title: t.change,
      cell: (row) =>
        row.to_state === null ? "" : `${row.from_state === null ? "" : `${spaced(row.from_state)} → `}${spaced(row.to_state)}`,
    },
    { title: t.reason, cell: (row) => row.reason ?? "" },
  ];
}
