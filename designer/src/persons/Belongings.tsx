/** Who they are, and what hangs on them. */
import { Stack, Text } from "@mantine/core";
import { Fragment } from "react";

import { day } from "@/lib/times";
import { Facts } from "@/ui/Facts";
import { Panel } from "@/ui/Panel";
import { To } from "@/ui/To";

import type { Person } from "./queries";
import { useWords } from "./words";

export function Identity({ person }: { person: Person }) {
  const t = useWords();
  const there = new Intl.DateTimeFormat(undefined, { timeStyle: "short", timeZone: person.time_zone }).format(new Date());
  return (
    <Panel title={t.about}>
      <Facts
        facts={[
          [t.salutation, person.salutation],
          [t.language, person.language],
          [t.zone, `${there} (${person.time_zone})`],
          [t.division, person.division],
          ...person.identifiers.map(({ kind, value }) => [kind, value] as const),
        ]}
      />
    </Panel>
  );
}

export function Belongings({ person }: { person: Person }) {
  const t = useWords();
  const { accounts, premises, relationships } = person;
  const none = accounts.length + premises.length + relationships.length === 0;
  return (
    <Panel title={t.belongs}>
      <Stack gap={8}>
        {none && (
          <Text size="sm" c="dimmed">
            {t.noBelongs}
          </Text>
        )}
        {accounts.map((each) => (
          <Line key={`${each.account}:${each.role}`} to={`/accounts/${encodeURIComponent(each.account)}`} name={each.account}>
            {[each.account_class, each.role, each.scope]}
          </Line>
        ))}
        {premises.map((each) => (
          <Line key={each.premise} to={`/premises/${encodeURIComponent(each.premise)}`} name={each.lines.join(", ")}>
            {[each.premise]}
          </Line>
        ))}
        {relationships.map((tie) => {
          const other = tie.other === person.key ? tie.person : tie.other;
          const from = tie.valid_from === null || tie.valid_from === undefined ? "" : t.since(day(tie.valid_from));
          return (
            <Line key={`${tie.person}:${tie.other}:${tie.relation}`} to={`/persons/${encodeURIComponent(other)}`} name={other}>
              {[tie.relation, tie.scope, from]}
            </Line>
          );
        })}
      </Stack>
    </Panel>
  );
}

function Line({ to, name, children }: { to: string; name: string; children: string[] }) {
  const said = children.filter(Boolean);
  return (
    <Text size="sm" component="div">
      <To to={to} underline="always">{name}</To>
      {said.map((each) => (
        <Fragment key={each}>
          <Text span c="dimmed" inherit>
            {" "}
            · {each}
          </Text>
        </Fragment>
      ))}
    </Text>
  );
}
