/** Where one begins: what waits, and how much there is. */
import { Button, Card, SimpleGrid, Stack, Text } from "@mantine/core";
import { useQuery, type UseQueryResult } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";

import { definitionsIn, reviewsWaiting } from "@/definitions/queries";
import { useMay, useMe } from "@/signin/queries";
import { countOf } from "@/todos/queries";
import { Page } from "@/ui/Page";

import classes from "./StartPage.module.css";
import { Ways } from "./Ways";
import { useWords } from "./words";

export function StartPage() {
  const t = useWords();
  const may = useMay();
  const { kind } = useMe();
  return (
    <Page
      title={t.title}
      actions={
        kind === "user" && (
          <Button variant="default" size="sm" renderRoot={(props) => <Link to="/absence" {...props} />}>
            {t.absence}
          </Button>
        )
      }
    >
      {may("todo:work") && <Desk />}
      {may("definition:read") && <Figures />}
      {!may("todo:work") && !may("definition:read") && <Ways />}
    </Page>
  );
}

/** What an agent begins the day with. */
function Desk() {
  const t = useWords();
  const me = useMe();
  const mine = useQuery(countOf({ tab: "mine" }, me));
  const queue = useQuery(countOf({ tab: "queue" }, me));
  const late = useQuery(countOf({ tab: "all", sla: "breached" }, me));
  return (
    <SimpleGrid cols={{ base: 1, sm: 3 }}>
      <Figure query={mine} title={t.mine} hint={t.mineHint} to="/todos" />
      <Figure query={queue} title={t.queue} hint={t.queueHint} to="/todos" search={{ tab: "queue" }} />
      <Figure query={late} title={t.late} hint={t.lateHint} to="/todos" search={{ tab: "all", sla: "breached" }} />
    </SimpleGrid>
  );
}

function Figures() {
  const t = useWords();
  const reviews = useQuery({
    ...reviewsWaiting,
    select: (all) => all.filter((each) => each.yours).length,
  });
  const drafts = useQuery({ ...definitionsIn(["draft"]), select: (all) => all.length });
  const live = useQuery({ ...definitionsIn(["live"]), select: (all) => all.length });
  return (
    <SimpleGrid cols={{ base: 1, sm: 3 }}>
        <Figure query={reviews} title={t.waiting} hint={t.waitingHint} to="/reviews" />
        <Figure query={drafts} title={t.drafts} hint={t.draftsHint} to="/definitions" />
        <Figure query={live} title={t.live} hint={t.liveHint} to="/definitions" />
    </SimpleGrid>
  );
}

interface FigureProps {
  query: UseQueryResult<number | string>;
  title: string;
  hint: string;
  to: "/reviews" | "/definitions" | "/todos";
  search?: Record<string, string>;
}

function Figure({ query, title, hint, to, search = {} }: FigureProps) {
  return (
    <Card withBorder padding="lg" className={classes.figure} renderRoot={(p) => <Link to={to} search={search} {...p} />}>
      <Stack gap={4}>
        <Text c="dimmed" size="sm" fw={500}>
          {title}
        </Text>
        <Text fz={34} fw={680} lh={1.15}>
          {query.data ?? "–"}
        </Text>
        <Text size="sm" c="dimmed">
          {query.isError ? query.error.message : hint}
        </Text>
      </Stack>
    </Card>
  );
}
