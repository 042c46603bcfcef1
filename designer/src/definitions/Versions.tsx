/** Every version of a definition, and any two of them side by side. */
import { Button, Checkbox, Group, Stack, Table, Text } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useState } from "react";

import { ago, moment } from "@/lib/times";
import { useMay } from "@/signin/queries";

import { MoveButton } from "./MoveButton";
import { usePageWords } from "./pageWords";
import type { Definition } from "./queries";
import { StateBadge } from "./StateBadge";

export function Versions({ code, rows }: { code: string; rows: Definition[] }) {
  const t = usePageWords();
  const may = useMay();
  const [chosen, setChosen] = useState<number[]>([]);
  const [from, to] = chosen.toSorted((a, b) => a - b);
  const choose = (number: number, on: boolean) =>
    setChosen((now) => (on ? [...now.slice(-1), number] : now.filter((each) => each !== number)));
  return (
    <Stack gap="sm">
      {rows.length > 1 && (
        <Group gap="sm">
          {from !== undefined && to !== undefined ? (
            <Button
              size="xs"
              variant="default"
              renderRoot={(props) => (
                <Link to="/definitions/$code/compare" params={{ code }} search={{ from, to }} {...props} />
              )}
            >
              {t.compare}
            </Button>
          ) : (
            <Text size="sm" c="dimmed">
              {t.compareHint}
            </Text>
          )}
        </Group>
      )}
      <Table.ScrollContainer minWidth={560}>
        <Table>
          <Table.Thead>
            <Table.Tr>
              {rows.length > 1 && <Table.Td w={40} />}
              <Table.Th>{t.version}</Table.Th>
              <Table.Th>{t.author}</Table.Th>
              <Table.Th>{t.when}</Table.Th>
              <Table.Th>{t.note}</Table.Th>
              <Table.Td />
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {rows.map((row) => (
              <Table.Tr key={row.version}>
                {rows.length > 1 && (
                  <Table.Td>
                    <Checkbox
                      aria-label={t.choose(row.version)}
                      checked={chosen.includes(row.version)}
                      onChange={(event) => choose(row.version, event.currentTarget.checked)}
                    />
                  </Table.Td>
                )}
                <Table.Td>
                  <StateBadge state={row.state} version={row.version} />
                </Table.Td>
                <Table.Td>{row.author}</Table.Td>
                <Table.Td title={moment(row.changed_at)}>{ago(row.changed_at)}</Table.Td>
                <Table.Td>{row.note}</Table.Td>
                <Table.Td>
                  {row.state === "superseded" && row.published_at !== null && may("definition:manage") && (
                    <MoveButton version={row} deed="rollback" size="compact-xs" variant="default" />
                  )}
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
    </Stack>
  );
}
