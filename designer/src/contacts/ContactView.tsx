/** A customer contact: what it was about, what was noted, and what followed. */
import { Button, Divider, Group, Stack, Text, Textarea, Title } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState, type FormEvent } from "react";

import { api, told } from "@/lib/api";
import { moment } from "@/lib/times";
import { One as ReminderLine } from "@/persons/Reminders";
import { personsKey } from "@/persons/queries";
import { ToDos } from "@/persons/ToDos";
import { useMay } from "@/signin/queries";
import { todosAbout } from "@/todos/queries";
import { Asked } from "@/ui/Asked";
import { Facts } from "@/ui/Facts";
import { Failure } from "@/ui/Failure";
import { nameOf } from "@/ui/people";
import { Reasoned } from "@/ui/Reasoned";
import { State } from "@/ui/State";
import { To } from "@/ui/To";
import { Values } from "@/ui/Values";

import classes from "./contacts.module.css";
import { contactOf, contactsKey, contactTypes, logOf, remindersOf, type Contact } from "./queries";
import { useWords, wordFor } from "./words";

export default function ContactView({ id }: { id: string }) {
  const query = useQuery(contactOf(id));
  return <Asked query={query}>{(contact) => <Body contact={contact} />}</Asked>;
}

function Body({ contact }: { contact: Contact }) {
  const t = useWords();
  const may = useMay();
  const types = useQuery(contactTypes);
  const type = types.data?.find(({ code }) => code === contact.type);
  const shapes = type?.characteristics.map(({ value }) => value) ?? [];
  return (
    <Stack>
      <Group justify="space-between">
        <Title order={3} size="h4">
          {contact.title}
        </Title>
        <Group gap="sm">
          <State of={contact.state} />
          {may("contact:write") && <Move contact={contact} />}
        </Group>
      </Group>
      <Facts
        facts={[
          [t.when, moment(contact.occurred_at)],
          [t.how, `${wordFor(t, contact.method)}, ${wordFor(t, contact.direction)}`],
          [t.account, contact.account && <To key="a" to={`/accounts/${encodeURIComponent(contact.account)}`}>{contact.account}</To>],
          [t.premise, contact.premise && <To key="p" to={`/premises/${encodeURIComponent(contact.premise)}`}>{contact.premise}</To>],
          [t.by, nameOf(contact.created_by)],
          [t.letter, contact.request_id && <To key="r" to={`/requests/${contact.request_id}`}>{t.letterLink}</To>],
        ]}
      />
      {shapes.length > 0 && <Values shapes={shapes} values={contact.characteristics} />}
      <Followed contact={contact} />
      <Divider label={t.entries} labelPosition="left" />
      <Log id={contact.id} />
      {may("contact:write") && <NewNote id={contact.id} />}
    </Stack>
  );
}

/** Open contacts are closed, and closed ones opened again, for a reason. */
function Move({ contact }: { contact: Contact }) {
  const t = useWords();
  const params = { path: { contact_id: contact.id } };
  return contact.state === "open" ? (
    <Reasoned
      label={t.close}
      means={t.closeMeans}
      done={t.closed}
      stale={contactsKey}
      run={(reason) => told(api.POST("/v1/customer-contacts/{contact_id}/close", { params, body: { reason } }))}
    />
  ) : (
    <Reasoned
      label={t.reopen}
      means={t.reopenMeans}
      done={t.reopened}
      stale={contactsKey}
      run={(reason) => told(api.POST("/v1/customer-contacts/{contact_id}/reopen", { params, body: { reason } }))}
    />
  );
}

function Followed({ contact }: { contact: Contact }) {
  const t = useWords();
  const may = useMay();
  const reminders = useQuery(remindersOf(contact.id));
  return (
    <Stack gap="sm">
      {(reminders.data?.length ?? 0) > 0 && (
        <>
          <Divider label={t.reminders} labelPosition="left" />
          {reminders.data?.map((each) => <ReminderLine key={each.id} reminder={each} />)}
        </>
      )}
      {may("todo:work") && (
        <>
          <Divider label={t.todos} labelPosition="left" />
          <ToDos query={todosAbout({ owner: contact.id })} />
        </>
      )}
    </Stack>
  );
}

function Log({ id }: { id: string }) {
  const t = useWords();
  const query = useQuery(logOf(id));
  return (
    <Asked query={query}>
      {(entries) => (
        <Stack gap="sm">
          {entries.map((entry) => (
            <div key={entry.id}>
              <Text size="xs" c="dimmed">
                {nameOf(entry.author)}, {moment(entry.at)}
              </Text>
              <Text size="sm" className={classes.text}>
                {entry.text ?? wordFor(t, entry.code)}
              </Text>
            </div>
          ))}
        </Stack>
      )}
    </Asked>
  );
}

function NewNote({ id }: { id: string }) {
  const t = useWords();
  const client = useQueryClient();
  const [text, setText] = useState("");
  const note = useMutation({
    mutationFn: () =>
      told(
        api.POST("/v1/customer-contacts/{contact_id}/log", {
          params: { path: { contact_id: id } },
          body: { text: text.trim() },
        }),
      ),
    onSuccess: () => setText(""),
    onSettled: () => Promise.all([contactsKey, personsKey].map((queryKey) => client.invalidateQueries({ queryKey }))),
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    note.mutate();
  };
  return (
    <form onSubmit={submit}>
      <Stack gap="xs">
        <Textarea
          label={t.note}
          autosize
          minRows={2}
          maxLength={10_000}
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
        />
        {note.isError && <Failure error={note.error} />}
        <Group justify="flex-end">
          <Button type="submit" size="sm" variant="default" disabled={text.trim() === ""} loading={note.isPending}>
            {t.addNote}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
