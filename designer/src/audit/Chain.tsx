/** All that is on the trail about one family of objects, oldest first. */
import { Group, Stack } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";

import { Asked } from "@/ui/Asked";
import { Rows } from "@/ui/Listing";
import { To } from "@/ui/To";

import { useEntryColumns } from "./entryColumns";
import { chainOf } from "./queries";
import { Wholeness } from "./Wholeness";
import { useWords } from "./words";

export function Chain({ chain }: { chain: string }) {
  const t = useWords();
  const query = useQuery(chainOf(chain));
  const columns = useEntryColumns();
  return (
    <Stack>
      <Group justify="space-between">
        <Wholeness chain={chain} />
        <To to="/audit" search={{ chain }} fz="sm">
          {t.more}
        </To>
      </Group>
      <Asked query={query}>
        {({ items }) => <Rows label={t.title} rows={items} columns={columns} keyOf={(row) => row.id} />}
      </Asked>
    </Stack>
  );
}
