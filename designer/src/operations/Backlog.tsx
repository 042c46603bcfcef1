/** What waits, since when; what went wrong, why; and how each channel does. */
import { Text } from "@mantine/core";

import type { Schemas } from "@/lib/api";
import { useLanguage } from "@/lib/words";
import { Rows } from "@/ui/Listing";
import { State } from "@/ui/State";
import { spaced } from "@/ui/states";
import { To } from "@/ui/To";
import { When } from "@/ui/When";

import { Panel, Quiet } from "./Panel";
import type { Board } from "./queries";
import { GONE, OTHERS, WRONG } from "./states";
import { useWords } from "./words";

type Waiting = Schemas["BacklogRead"];
type Failure = Schemas["FailureRead"];
type OnChannel = Schemas["OnChannelRead"];

const LISTS = { request: "/requests", communication: "/communications", instance: "/instances" };

function waitingSearch({ kind, state }: Waiting) {
  return kind === "communication" ? { state, final: "false" } : { state };
}

export function Backlog({ board }: { board: Board }) {
  const t = useWords();
  const language = useLanguage();
  return (
    <Panel title={t.waiting} hint={t.waitingHint}>
      {board.waiting.length === 0 ? (
        <Quiet>{t.nothingWaits}</Quiet>
      ) : (
        <Rows<Waiting>
          label={t.waiting}
          rows={board.waiting}
          keyOf={(row) => `${row.kind}:${row.state}`}
          columns={[
            { title: t.what, cell: (row) => t[row.kind] },
            { title: t.state, cell: (row) => <State of={row.state} /> },
            { title: t.since, cell: (row) => <When at={row.since} /> },
            {
              title: t.count,
              number: true,
              cell: (row) => (
                <To to={LISTS[row.kind]} search={waitingSearch(row)} fw={600}>
                  {row.count.toLocaleString(language)}
                </To>
              ),
            },
          ]}
        />
      )}
    </Panel>
  );
}

export function Failures({ board }: { board: Board }) {
  const t = useWords();
  const language = useLanguage();
  const { since } = board;
  const search = ({ state, reason, channel }: Failure) => ({
    state,
    since,
    reason: reason ?? undefined,
    channel: channel ?? undefined,
  });
  return (
    <Panel title={t.failures} hint={t.failuresHint}>
      {board.failures.length === 0 ? (
        <Quiet>{t.noFailures}</Quiet>
      ) : (
        <Rows<Failure>
          label={t.failures}
          rows={board.failures}
          keyOf={(row) => [row.kind, row.channel, row.state, row.reason].join(":")}
          columns={[
            { title: t.state, cell: (row) => <State of={row.state} /> },
            { title: t.reason, cell: (row) => (row.reason === null ? "–" : spaced(row.reason)) },
            { title: t.channel, cell: (row) => row.channel ?? <Text span c="dimmed" fz="sm">–</Text> },
            {
              title: t.count,
              number: true,
              cell: (row) => (
                <To to={LISTS[row.kind]} search={search(row)} fw={600}>
                  {row.count.toLocaleString(language)}
                </To>
              ),
            },
          ]}
        />
      )}
    </Panel>
  );
}

export function Channels({ board }: { board: Board }) {
  const t = useWords();
  const { since } = board;
  const figure = (title: string, of: "gone" | "wrong" | "others", states: string[]) => ({
    title,
    number: true,
    cell: (row: OnChannel) => (
      <To to="/communications" search={{ channel: row.channel, since, state: states.join(",") }} fw={600}>
        {row[of]}
      </To>
    ),
  });
  return (
    <Panel title={t.channels} hint={t.channelsHint}>
      {board.channels.length === 0 ? (
        <Quiet>{t.noChannels}</Quiet>
      ) : (
        <Rows<OnChannel>
          label={t.channels}
          rows={board.channels}
          keyOf={(row) => row.channel}
          columns={[
            { title: t.channel, cell: (row) => row.channel },
            figure(t.gone, "gone", GONE),
            figure(t.badly, "wrong", WRONG),
            figure(t.others, "others", OTHERS),
          ]}
        />
      )}
    </Panel>
  );
}
