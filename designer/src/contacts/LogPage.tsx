/** Log a contact: by keyboard alone, in less than half a minute. */
import { Alert, Button, Card, Grid, Group, Kbd, Select, Stack, Text, Textarea, TextInput } from "@mantine/core";
import { IconArrowRight } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link, useNavigate } from "@tanstack/react-router";
import { useRef, type KeyboardEvent } from "react";

import { Problem } from "@/lib/problem";
import { personOf, type Person } from "@/persons/queries";
import { Warnings } from "@/persons/Warnings";
import { Asked } from "@/ui/Asked";
import { Failure } from "@/ui/Failure";
import { Page } from "@/ui/Page";
import { tell } from "@/ui/told";
import { ValueInput } from "@/ui/ValueInput";

import { Chosen } from "./Chosen";
import { Follows } from "./Follows";
import { contactTypes, type ContactType } from "./queries";
import { useLogging } from "./useLogging";
import { useWords, wordFor } from "./words";

const route = getRouteApi("/persons/$key/log");

export function LogPage() {
  const t = useWords();
  const { key } = route.useParams();
  const person = useQuery(personOf(key));
  const types = useQuery(contactTypes);
  const name = person.data?.masked.includes("name") ? key : person.data?.name;
  return (
    <Page title={t.log} hint={name === undefined ? key : `${name} · ${key}`}>
      <Asked query={person}>
        {(someone) => <Asked query={types}>{(known) => <Form key={key} person={someone} types={known} />}</Asked>}
      </Asked>
    </Page>
  );
}

/** Types that can be logged of this person, in groups by class. */
function grouped(types: readonly ContactType[]) {
  const groups = Map.groupBy(types, (type) => type.class_title);
  return [...groups].map(([group, items]) => ({
    group,
    items: items.map(({ code, title }) => ({ value: code, label: `${title} (${code})` })),
  }));
}

function Form({ person, types }: { person: Person; types: readonly ContactType[] }) {
  const t = useWords();
  const navigate = useNavigate();
  const logging = useLogging(person, types);
  const { draft, change, type, missing, saving } = logging;
  const form = useRef<HTMLFormElement>(null);
  const save = () => {
    if (missing || saving.isPending) return;
    saving.mutate(undefined, {
      onSuccess: (contact) => {
        tell(t.logged);
        void navigate({ to: "/persons/$key", params: { key: person.key }, search: { open: `contact:${contact.id}` } });
      },
    });
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    save();
  };
  return (
    <form
      ref={form}
      onSubmit={(event) => {
        event.preventDefault();
        save();
      }}
      onKeyDown={onKeyDown}
    >
      <Grid gap="lg">
        <Grid.Col span={{ base: 12, md: 7 }}>
          <Card withBorder padding="lg">
            <Stack>
              <Select
                label={t.type}
                placeholder={t.typeHint}
                data={grouped(types)}
                searchable
                required
                data-autofocus
                autoFocus
                selectFirstOptionOnChange
                nothingFoundMessage={t.noType}
                value={draft.type}
                error={fault(saving.error, "type")}
                onChange={(code) => change({ type: code, characteristics: {} })}
              />
              {type !== undefined && <Told logging={logging} type={type} person={person} />}
              <Textarea
                label={t.text}
                description={t.textHint}
                autosize
                minRows={3}
                maxRows={14}
                maxLength={10_000}
                value={draft.text}
                onChange={(event) => change({ text: event.currentTarget.value })}
              />
              <Group grow align="flex-start">
                <TextInput
                  type="date"
                  label={t.remindOn}
                  value={draft.remindOn}
                  error={fault(saving.error, "due_on")}
                  onChange={(event) => change({ remindOn: event.currentTarget.value })}
                />
                {draft.remindOn !== "" && (
                  <TextInput
                    label={t.remindNote}
                    maxLength={2_000}
                    value={draft.remindNote}
                    onChange={(event) => change({ remindNote: event.currentTarget.value })}
                  />
                )}
              </Group>
              {saving.isError && <Failure error={saving.error} />}
              <Group>
                <Button type="submit" disabled={missing} loading={saving.isPending} rightSection={<Kbd size="xs">Ctrl ↵</Kbd>}>
                  {t.save}
                </Button>
                <Button
                  variant="default"
                  renderRoot={(props) => <Link to="/persons/$key" params={{ key: person.key }} {...props} />}
                >
                  {t.back}
                </Button>
              </Group>
            </Stack>
          </Card>
        </Grid.Col>
        <Grid.Col span={{ base: 12, md: 5 }}>
          <Stack>
            <Warnings person={person} />
            {type === undefined ? (
              <Alert color="gray" variant="light" title={t.keys}>
                {t.keysHint}
              </Alert>
            ) : (
              <Alert color="blue" variant="light" icon={<IconArrowRight />} title={t.follows} role="status">
                <Follows type={type} remindOn={draft.remindOn} />
              </Alert>
            )}
          </Stack>
        </Grid.Col>
      </Grid>
    </form>
  );
}

interface ToldProps {
  logging: ReturnType<typeof useLogging>;
  type: ContactType;
  person: Person;
}

/** What this type wants to know. */
function Told({ logging: { draft, change, method, account, premise, saving }, type, person }: ToldProps) {
  const t = useWords();
  const named = (values: readonly string[]) => values.map((value) => ({ value, label: wordFor(t, value) }));
  return (
    <>
      {type.about.includes("account") && (
        <Select
          label={t.account}
          required
          allowDeselect={false}
          data={[...new Set(person.accounts.map((each) => each.account))]}
          value={account}
          error={person.accounts.length === 0 ? t.noAccount : fault(saving.error, "account")}
          onChange={(next) => change({ account: next })}
        />
      )}
      {type.about.includes("premise") && (
        <Select
          label={t.premise}
          required
          allowDeselect={false}
          data={person.premises.map((each) => ({ value: each.premise, label: each.lines.join(", ") }))}
          value={premise}
          error={person.premises.length === 0 ? t.noPremise : fault(saving.error, "premise")}
          onChange={(next) => change({ premise: next })}
        />
      )}
      <Group gap="xl" align="flex-start">
        <Chosen label={t.how} choices={named(type.methods)} value={method ?? ""} onChange={(next) => change({ method: next })} />
        {type.direction === null ? (
          <Chosen
            label={t.direction}
            choices={named(["inbound", "outbound"])}
            value={draft.direction}
            onChange={(next) => change({ direction: next })}
          />
        ) : (
          <Text size="sm" c="dimmed" mt={28}>
            {wordFor(t, type.direction)}
          </Text>
        )}
      </Group>
      {type.characteristics.map(({ value, required, choices }) => (
        <ValueInput
          key={value.name}
          shape={value}
          choices={choices}
          required={required}
          value={draft.characteristics[value.name]}
          error={fault(saving.error, `characteristics.${value.name}`)}
          onChange={(next) => change({ characteristics: { ...draft.characteristics, [value.name]: next } })}
        />
      ))}
    </>
  );
}

/** What the server says about one field. */
function fault(error: unknown, field: string): string | undefined {
  const found = error instanceof Problem ? error.errors.find((each) => each.field === field) : undefined;
  return found?.message;
}
