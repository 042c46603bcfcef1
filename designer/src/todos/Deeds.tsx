/** What can be done with one to-do besides finishing it. */
import { Button, Group, Select, Text, Textarea, TextInput } from "@mantine/core";
import { IconArrowBackUp, IconArrowForwardUp, IconClockPause, IconHandGrab } from "@tabler/icons-react";
import { useState } from "react";

import { useMay, useMe } from "@/signin/queries";
import { Ask } from "@/ui/Ask";
import { tell, tellFailure } from "@/ui/told";

import { isClosed, isHeld, useDeed, type Deed } from "./deeds";
import { useDeedWords } from "./deedWords";
import type { Sheet, ToDo } from "./queries";

export function Deeds({ todo, sheet }: { todo: ToDo; sheet: Sheet }) {
  const t = useDeedWords();
  const { actor } = useMe();
  const may = useMay();
  const claim = useDeed(todo.id);
  const manages = may("todo:manage");
  if (isClosed(todo)) return null;
  const mine = isHeld(todo) && todo.assigned_to === actor;
  const steward = manages || mine || (!isHeld(todo) && sheet.refusal === null);
  const takeable = sheet.refusal === null && (todo.state === "open" || mine);
  return (
    <Group gap="xs">
      {takeable && mine && (
        <Button
          variant="default"
          size="sm"
          loading={claim.isPending}
          leftSection={<IconHandGrab size={16} />}
          onClick={() => claim.mutate({ do: "claim" }, { onSuccess: () => tell(t.claimed), onError: tellFailure })}
        >
          {t.keep}
        </Button>
      )}
      {steward && todo.state !== "open" && <Release todo={todo} />}
      {steward && todo.state !== "deferred" && <Defer todo={todo} />}
      {steward && <Forward todo={todo} sheet={sheet} />}
      {manages && <Priority todo={todo} />}
      {manages && <Cancel todo={todo} />}
    </Group>
  );
}

function useAsking(todo: ToDo, doneWords: string) {
  const deed = useDeed(todo.id);
  return {
    pending: deed.isPending,
    error: deed.error,
    forget: deed.reset,
    carry: (what: Deed) => (done: () => void) =>
      deed.mutate(what, {
        onSuccess: () => {
          tell(doneWords);
          done();
        },
      }),
  };
}

export function Reason({ value, onChange, required = false }: { value: string; onChange: (v: string) => void; required?: boolean }) {
  const t = useDeedWords();
  return (
    <Textarea
      label={t.reason}
      required={required}
      maxLength={500}
      autosize
      minRows={2}
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  );
}

function Release({ todo }: { todo: ToDo }) {
  const t = useDeedWords();
  const [reason, setReason] = useState("");
  const { carry, ...asking } = useAsking(todo, t.released);
  return (
    <Ask
      {...asking}
      ready
      label={todo.state === "deferred" ? t.takeUp : t.release}
      title={t.releaseTitle}
      leftSection={<IconArrowBackUp size={16} />}
      go={carry({ do: "release", reason: reason.trim() || null })}
    >
      <Reason value={reason} onChange={setReason} />
    </Ask>
  );
}

function Defer({ todo }: { todo: ToDo }) {
  const t = useDeedWords();
  const [until, setUntil] = useState("");
  const [reason, setReason] = useState("");
  const { carry, ...asking } = useAsking(todo, t.deferred);
  const at = until === "" ? "" : new Date(until).toISOString();
  return (
    <Ask
      {...asking}
      ready={at !== ""}
      label={t.defer}
      title={t.deferTitle}
      leftSection={<IconClockPause size={16} />}
      go={carry({ do: "defer", follow_up_at: at, reason: reason.trim() || null })}
    >
      <TextInput
        type="datetime-local"
        label={t.deferUntil}
        required
        data-autofocus
        value={until}
        onChange={(event) => setUntil(event.currentTarget.value)}
      />
      <Reason value={reason} onChange={setReason} />
    </Ask>
  );
}

function Forward({ todo, sheet }: { todo: ToDo; sheet: Sheet }) {
  const t = useDeedWords();
  const [role, setRole] = useState<string | null>(null);
  const [agent, setAgent] = useState<string | null>(null);
  const [reason, setReason] = useState("");
  const { carry, ...asking } = useAsking(todo, t.forwarded);
  const colleagues = sheet.colleagues.map(({ actor, title }) => ({ value: actor, label: title }));
  return (
    <Ask
      {...asking}
      ready={role !== null || agent !== null}
      label={t.forward}
      title={t.forwardTitle}
      leftSection={<IconArrowForwardUp size={16} />}
      go={carry({ do: "forward", role, agent, reason: reason.trim() || null })}
    >
      <Select label={t.toRole} data={sheet.roles} value={role} onChange={setRole} clearable data-autofocus />
      {colleagues.length > 0 && (
        <Select label={t.toAgent} data={colleagues} value={agent} onChange={setAgent} clearable searchable />
      )}
      <Reason value={reason} onChange={setReason} />
    </Ask>
  );
}

export const PRIORITIES = ["1", "2", "3", "4", "5", "6", "7", "8", "9"];

function Priority({ todo }: { todo: ToDo }) {
  const t = useDeedWords();
  const [priority, setPriority] = useState(String(todo.priority));
  const [reason, setReason] = useState("");
  const { carry, ...asking } = useAsking(todo, t.prioritised);
  return (
    <Ask
      {...asking}
      ready={reason.trim() !== ""}
      label={t.priority}
      title={t.priorityTitle}
      go={carry({ do: "priority", priority: Number(priority), reason: reason.trim() })}
    >
      <Select
        label={t.priorityLabel}
        description={t.priorityHint}
        data={PRIORITIES}
        allowDeselect={false}
        value={priority}
        onChange={(next) => setPriority(next ?? priority)}
        data-autofocus
      />
      <Reason value={reason} onChange={setReason} required />
    </Ask>
  );
}

function Cancel({ todo }: { todo: ToDo }) {
  const t = useDeedWords();
  const [reason, setReason] = useState("");
  const { carry, ...asking } = useAsking(todo, t.cancelled);
  return (
    <Ask
      {...asking}
      ready={reason.trim() !== ""}
      label={t.cancel}
      title={t.cancelTitle}
      color="red"
      go={carry({ do: "cancel", reason: reason.trim() })}
    >
      <Text size="sm">{t.cancelHint}</Text>
      <Reason value={reason} onChange={setReason} required />
    </Ask>
  );
}
