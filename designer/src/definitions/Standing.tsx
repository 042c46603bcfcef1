/** How far the approval of a version is, and what can be done about it. */
import { Card, Group, List, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";

import { ago, moment } from "@/lib/times";

import { usePageWords } from "./pageWords";
import { versionOf, type Definition } from "./queries";
import { StateBadge } from "./StateBadge";
import { useWords } from "./words";

export function Standing({ row, children }: { row: Definition; children: ReactNode }) {
  const t = usePageWords();
  const common = useWords();
  const detail = useQuery(versionOf(row.code, row.version)).data;
  return (
    <Card withBorder padding="md">
      <Group justify="space-between" align="flex-start">
        <Stack gap={4}>
          <Group gap="xs">
            <StateBadge state={row.state} version={row.version} />
            <Text size="sm" c="dimmed">
              {common.by(row.author)} · {ago(row.changed_at)}
              {row.effective_from !== null && ` · ${moment(row.effective_from)}`}
            </Text>
          </Group>
          {row.note !== null && row.note !== "" && <Text size="sm">{row.note}</Text>}
          {detail && detail.steps.length > 0 && row.state === "in_review" && (
            <Text size="sm" c="dimmed">
              {detail.steps
                .map((step) => t.waitsFor(step.role, step.approved_by.length, step.at_least))
                .join(" · ")}
            </Text>
          )}
          {detail && detail.verdicts.length > 0 && (
            <List size="sm">
              {detail.verdicts.map((each) => (
                <List.Item key={each.at}>
                  {each.verdict === "approve" ? t.approved(each.actor) : t.rejected(each.actor)} · {moment(each.at)}
                  {each.comment !== null && `: ${each.comment}`}
                </List.Item>
              ))}
            </List>
          )}
        </Stack>
        <Group gap="xs">{children}</Group>
      </Group>
    </Card>
  );
}
