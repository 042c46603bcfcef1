/** One to-do: what, why and by when; its form, its outcomes, and what was done to it. */
import { Alert, Button, Card, Grid, Group, Kbd, Stack, Text, Title } from "@mantine/core";
import { IconEye, IconHandGrab, IconLock } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import type { ReactNode } from "react";

import { useKeys } from "@/lib/keys";
import { moment } from "@/lib/times";
import { useMe } from "@/signin/queries";
import { Asked } from "@/ui/Asked";
import { Failure } from "@/ui/Failure";
import { Page } from "@/ui/Page";
import { nameOf } from "@/ui/people";
import { tell } from "@/ui/told";
import { Trail } from "@/ui/Trail";
import { Values } from "@/ui/Values";

import { isClosed, isHeld, useDeed, useNext } from "./deeds";
import { Deeds } from "./Deeds";
import { useDeedWords } from "./deedWords";
import { useLogged } from "./logWords";
import { Notes } from "./Notes";
import { usePageWords } from "./pageWords";
import { PriorityMark } from "./PriorityMark";
import { logOf, sheetOf, todoOf, type Sheet, type ToDo } from "./queries";
import { Standing } from "./Standing";
import { Subject } from "./Subject";
import { Time } from "./Time";
import { useKept } from "./useKept";
import { useWords, wordFor } from "./words";
import { Work } from "./Work";

const route = getRouteApi("/todos/$id");

export function ToDoPage() {
  const t = useWords();
  const { id } = route.useParams();
  const todo = useQuery(todoOf(id));
  const sheet = useQuery(sheetOf(id));
  if (todo.data === undefined) {
    return (
      <Page title={t.task}>
        <Asked query={todo}>{() => null}</Asked>
      </Page>
    );
  }
  const shown = todo.data;
  return (
    <Page
      title={shown.title}
      hint={
        <Group gap="md" component="span">
          <PriorityMark priority={shown.priority} />
          <span>{sheet.data?.title}</span>
          <Time todo={shown} />
          <Standing todo={shown} />
        </Group>
      }
    >
      <Asked query={sheet}>{(asked) => <Body key={id} todo={shown} sheet={asked} />}</Asked>
    </Page>
  );
}

function Body({ todo, sheet }: { todo: ToDo; sheet: Sheet }) {
  const t = usePageWords();
  const log = useQuery(logOf(todo.id));
  const said = useLogged();
  return (
    <Stack>
      <Deeds todo={todo} sheet={sheet} />
      <Grid gap="lg">
        <Grid.Col span={{ base: 12, md: 7 }}>
          <Stack>
            <Panel title={t.why}>
              {sheet.context.length > 0 ? (
                <Values shapes={sheet.context} values={todo.context} />
              ) : (
                <Text size="sm" c="dimmed">
                  {t.nothingToKnow}
                </Text>
              )}
            </Panel>
            <Card withBorder padding="lg">
              <Doing todo={todo} sheet={sheet} />
            </Card>
          </Stack>
        </Grid.Col>
        <Grid.Col span={{ base: 12, md: 5 }}>
          <Stack>
            <Panel title={t.about}>
              <Subject todo={todo} />
              <Text size="sm" c="dimmed" mt="sm">
                {t.raised(nameOf(todo.raised_by), moment(todo.created_at))}
              </Text>
            </Panel>
            <Panel title={t.notes}>
              <Notes todo={todo} />
            </Panel>
            <Panel title={t.log}>
              <Asked query={log}>{(entries) => <Trail entries={entries} said={said} />}</Asked>
            </Panel>
          </Stack>
        </Grid.Col>
      </Grid>
    </Stack>
  );
}

function Panel({ title, children }: { title: string; children: ReactNode }) {
  return (
    <Card withBorder padding="lg" component="section">
      <Title order={2} size="h4" mb="sm">
        {title}
      </Title>
      {children}
    </Card>
  );
}

/** Finishing it where one has it; else what stands in the way, and what was typed so far. */
function Doing({ todo, sheet }: { todo: ToDo; sheet: Sheet }) {
  const { actor } = useMe();
  const draft = useKept(todo.id);
  const mine = isHeld(todo) && todo.assigned_to === actor;
  const enabled = mine && sheet.refusal === null;
  return (
    <Stack>
      {!enabled && <Standstill todo={todo} sheet={sheet} kept={draft.isDirty} />}
      {(enabled || draft.isDirty || !isClosed(todo)) && (
        <Work todo={todo} sheet={sheet} draft={draft} enabled={enabled} />
      )}
      {isClosed(todo) && sheet.form.length > 0 && <Values shapes={sheet.form} values={todo.form} />}
    </Stack>
  );
}

function Standstill({ todo, sheet, kept }: { todo: ToDo; sheet: Sheet; kept: boolean }) {
  const t = usePageWords();
  const w = useWords();
  const keeping = kept && <Text size="sm">{t.kept}</Text>;
  if (isClosed(todo)) {
    const ending = sheet.outcomes.find(({ name }) => name === todo.outcome)?.label ?? wordFor(w, todo.state);
    return (
      <Alert color="gray" icon={<IconLock />} title={t.ended}>
        <Text size="sm" fw={600}>
          {ending}
        </Text>
        <Text size="sm">{w.endedBy(nameOf(todo.closed_by ?? ""), moment(todo.closed_at ?? todo.updated_at))}</Text>
        {todo.reason !== null && <Text size="sm">{todo.reason}</Text>}
        {keeping}
        <NextButton />
      </Alert>
    );
  }
  if (sheet.refusal !== null) {
    return (
      <Alert color="orange" icon={<IconEye />} title={sheet.four_eyes ? t.fourEyes : t.refused}>
        <Text size="sm">{sheet.refusal}</Text>
        {keeping}
      </Alert>
    );
  }
  if (isHeld(todo)) {
    return (
      <Alert color="orange" icon={<IconLock />} title={t.heldBy(nameOf(todo.assigned_to ?? ""))}>
        <Text size="sm">{t.heldHint(moment(todo.lease_until ?? todo.updated_at))}</Text>
        {keeping}
      </Alert>
    );
  }
  if (todo.state === "deferred") {
    return (
      <Alert color="violet" title={t.deferred}>
        <Text size="sm">{t.deferredHint}</Text>
        {keeping}
      </Alert>
    );
  }
  return <Take todo={todo} />;
}

function NextButton() {
  const t = useWords();
  const next = useNext();
  useKeys({ n: () => next.mutate() });
  return (
    <Button mt="sm" size="sm" variant="default" loading={next.isPending} onClick={() => next.mutate()}>
      {t.next}
    </Button>
  );
}

function Take({ todo }: { todo: ToDo }) {
  const t = usePageWords();
  const d = useDeedWords();
  const deed = useDeed(todo.id);
  const take = () => deed.mutate({ do: "claim" }, { onSuccess: () => tell(d.claimed) });
  useKeys({ t: take });
  return (
    <Alert color="blue" icon={<IconHandGrab />} title={t.claimFirst}>
      <Stack align="flex-start" gap="sm">
        <Text size="sm">{t.claimHint}</Text>
        <Button onClick={take} loading={deed.isPending} rightSection={<Kbd size="xs">T</Kbd>}>
          {t.claim}
        </Button>
        {deed.isError && <Failure error={deed.error} />}
      </Stack>
    </Alert>
  );
}
