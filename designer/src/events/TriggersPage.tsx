/** Every binding with what it listens to, what it feeds, how much came of it, and its switch. */
import { Badge, Group, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";

import { api, told } from "@/lib/api";
import { useMay } from "@/signin/queries";
import { Asked } from "@/ui/Asked";
import { Empty } from "@/ui/Empty";
import { Rows } from "@/ui/Listing";
import { Reasoned } from "@/ui/Reasoned";
import { useStateName } from "@/ui/states";
import { To } from "@/ui/To";

import { EventTabs } from "./EventTabs";
import { eventsKey, triggers, type Trigger } from "./queries";
import { useWords } from "./words";

export function TriggersPage() {
  const t = useWords();
  const may = useMay();
  const name = useStateName();
  const query = useQuery(triggers);
  return (
    <EventTabs view="triggers">
      <Asked query={query}>
        {(rows) =>
          rows.length === 0 ? (
            <Empty title={t.noTriggers}>{t.noTriggersHint}</Empty>
          ) : (
            <Rows
              label={t.triggers}
              rows={rows}
              keyOf={(row) => row.code}
              columns={[
                {
                  title: t.binding,
                  cell: (row) => (
                    <>
                      <To to={`/definitions/${row.code}`} fw={600}>
                        {row.title}
                      </To>
                      <Text size="xs" c="dimmed">
                        {row.code} v{row.version}
                      </Text>
                    </>
                  ),
                },
                {
                  title: t.listens,
                  cell: (row) => (
                    <>
                      {row.type}
                      <Text size="xs" c="dimmed">
                        {row.source ?? t.any}
                      </Text>
                    </>
                  ),
                },
                { title: t.feeds, cell: (row) => row.feeds.join(", ") || "–" },
                {
                  title: t.volume,
                  cell: (row) =>
                    Object.entries(row.volume)
                      .filter(([, count]) => count > 0)
                      .map(([state, count]) => `${name(state)} ${count}`)
                      .join(", ") || "–",
                },
                { title: t.switch, cell: (row) => <Switch trigger={row} allowed={may("definition:manage")} /> },
              ]}
            />
          )
        }
      </Asked>
    </EventTabs>
  );
}

function Switch({ trigger, allowed }: { trigger: Trigger; allowed: boolean }) {
  const t = useWords();
  const { code, enabled } = trigger;
  return (
    <Group gap="xs" wrap="nowrap">
      <Badge variant="light" tt="none" flex="none" color={enabled ? "pine" : "gray"} title={trigger.switch?.reason}>
        {enabled ? t.on : t.off}
      </Badge>
      {allowed && (
        <Reasoned
          label={enabled ? t.switchOff : t.switchOn}
          means={enabled ? t.switchOffMeans : t.switchOnMeans}
          done={t.switched}
          stale={eventsKey}
          run={(reason) =>
            told(
              api.POST("/v1/triggers/{code}/{switch}", {
                params: { path: { code, switch: enabled ? "disable" : "enable" } },
                body: { reason },
              }),
            )
          }
        />
      )}
    </Group>
  );
}
