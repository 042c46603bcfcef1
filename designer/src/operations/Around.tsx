/** What stands around the traffic: callbacks, the relay, holds, jobs and triggers. */
import { Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";

import { triggers } from "@/events/queries";
import { holds } from "@/holds/queries";
import { jobs } from "@/jobs/queries";
import { useLanguage } from "@/lib/words";
import { useMay } from "@/signin/queries";
import { Facts, type Fact } from "@/ui/Facts";
import { To } from "@/ui/To";
import { When } from "@/ui/When";

import { Panel, Quiet } from "./Panel";
import { EVERY, type Board } from "./queries";
import { useWords } from "./words";

export function Callbacks({ board }: { board: Board }) {
  const t = useWords();
  const may = useMay();
  const language = useLanguage();
  return (
    <Panel title={t.callbacks}>
      {board.callbacks.length === 0 && <Quiet>{t.noCallbacks}</Quiet>}
      <Stack gap={4}>
        {board.callbacks.map((row) => {
          const count = t.owed(row.count.toLocaleString(language));
          return (
            <Text key={row.system} size="sm">
              <b>{row.system}</b>:{" "}
              {may("system:manage") ? <To to={`/systems/${row.system}`} underline="always">{count}</To> : count} ·{" "}
              {t.tries(row.attempts)} · {t.since}: <When at={row.since} />
            </Text>
          );
        })}
      </Stack>
    </Panel>
  );
}

const TROUBLED = ["failed", "completed_with_errors", "paused"];

export function Around({ board }: { board: Board }) {
  const t = useWords();
  const may = useMay();
  const held = useQuery({ ...holds, enabled: may("definition:read"), refetchInterval: EVERY });
  const all = useQuery({ ...jobs, enabled: may("job:read"), refetchInterval: EVERY });
  const listening = useQuery({ ...triggers, enabled: may("event:read"), refetchInterval: EVERY });
  const troubled = all.data?.filter(({ last_run: run }) => run !== null && TROUBLED.includes(run.state));
  const off = listening.data?.filter(({ enabled }) => !enabled);
  const facts: Fact[] = [
    [t.held, figure(held.data?.length, "/holds", t.none)],
    [t.triggers, figure(off?.length, "/events/triggers", t.none)],
    [t.jobs, figure(troubled?.length, "/jobs", t.none)],
    [t.relay, board.overdue_deeds],
  ];
  return (
    <Panel title={t.others2}>
      <Facts facts={facts} />
    </Panel>
  );
}

function figure(count: number | undefined, to: string, none: string): ReactNode {
  if (count === undefined) return null;
  return <To to={to}>{count === 0 ? none : count}</To>;
}
