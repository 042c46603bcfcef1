/** What people wrote down in a to-do. */
import { Button, Group, Stack, Text, Textarea } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState, type FormEvent } from "react";

import { ago, moment } from "@/lib/times";
import { Asked } from "@/ui/Asked";
import { Failure } from "@/ui/Failure";
import { nameOf } from "@/ui/people";

import { isClosed, useDeed } from "./deeds";
import { usePageWords } from "./pageWords";
import { notesOf, type ToDo } from "./queries";

export function Notes({ todo }: { todo: ToDo }) {
  const t = usePageWords();
  const query = useQuery(notesOf(todo.id));
  return (
    <Stack>
      <Asked query={query}>
        {(notes) =>
          notes.length === 0 ? (
            <Text size="sm" c="dimmed">
              {t.noNotes}
            </Text>
          ) : (
            <Stack gap="sm">
              {notes.map((note) => (
                <div key={note.id}>
                  <Text size="xs" c="dimmed" title={moment(note.at)}>
                    {nameOf(note.by)}, {ago(note.at)}
                  </Text>
                  <Text size="sm" style={{ whiteSpace: "pre-line", overflowWrap: "anywhere" }}>
                    {note.text}
                  </Text>
                </div>
              ))}
            </Stack>
          )
        }
      </Asked>
      {!isClosed(todo) && <NewNote id={todo.id} />}
    </Stack>
  );
}

function NewNote({ id }: { id: string }) {
  const t = usePageWords();
  const deed = useDeed(id);
  const [text, setText] = useState("");
  const submit = (event: FormEvent) => {
    event.preventDefault();
    deed.mutate({ do: "note", text: text.trim() }, { onSuccess: () => setText("") });
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
        {deed.isError && <Failure error={deed.error} />}
        <Group justify="flex-end">
          <Button type="submit" variant="default" size="sm" disabled={text.trim() === ""} loading={deed.isPending}>
            {t.addNote}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
