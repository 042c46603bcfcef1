/** What a to-do is about, and what waits for it: each leads to its own page. */
import { Anchor, Group, Text } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";

import { usePageWords } from "./pageWords";
import type { ToDo } from "./queries";
import classes from "./Subject.module.css";

export function Subject({ todo }: { todo: ToDo }) {
  const t = usePageWords();
  const { person_key: person, account_key: account, owner_kind: owner } = todo;
  return (
    <dl className={classes.list}>
      {person !== null && (
        <Row name={t.person}>
          <Anchor renderRoot={(props) => <Link to="/persons/$key" params={{ key: person }} {...props} />}>{person}</Anchor>
        </Row>
      )}
      {account !== null && (
        <Row name={t.account}>
          <Anchor renderRoot={(props) => <Link to="/accounts/$key" params={{ key: account }} {...props} />}>{account}</Anchor>
        </Row>
      )}
      {owner !== "system" && <Row name={t[owner as "case"]}><Owner todo={todo} /></Row>}
    </dl>
  );
}

function Row({ name, children }: { name: string; children: ReactNode }) {
  return (
    <Group gap="sm" wrap="nowrap">
      <Text component="dt" size="sm" c="dimmed" w={150} flex="none">
        {name}
      </Text>
      <Text component="dd" size="sm" m={0} className={classes.value}>
        {children}
      </Text>
    </Group>
  );
}

function Owner({ todo: { owner_kind: kind, owner_id: id } }: { todo: ToDo }) {
  if (id === null) return "–";
  const short = id.slice(-8);
  if (kind === "case") {
    return <Anchor renderRoot={(props) => <Link to="/cases/$id" params={{ id }} {...props} />}>{short}</Anchor>;
  }
  if (kind === "contact") {
    return <Anchor renderRoot={(props) => <Link to="/contacts/$id" params={{ id }} {...props} />}>{short}</Anchor>;
  }
  return <span title={id}>{short}</span>;
}
