/** One command for all to-dos that are chosen, and what became of each. */
import { Alert, Button, Group, List, MultiSelect, Select, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState, type ReactNode } from "react";

import { Ask } from "@/ui/Ask";
import { tell } from "@/ui/told";

import classes from "./Bulk.module.css";
import { PRIORITIES, Reason } from "./Deeds";
import { useMany, type ManyDeed, type Verdict } from "./deeds";
import { useDeedWords } from "./deedWords";
import { sheetOf, type ToDo } from "./queries";
import { useWords } from "./words";

export function Bulk({ todos, onDone }: { todos: ToDo[]; onDone: () => void }) {
  const t = useWords();
  const [refused, setRefused] = useState<Verdict[]>([]);
  const titles = new Map(todos.map(({ id, title }) => [id, title]));
  const shared = {
    todos,
    onVerdicts: (verdicts: Verdict[]) => {
      const left = verdicts.filter(({ state }) => state === null);
      tell(t.carriedOut(verdicts.length - left.length));
      setRefused(left);
      if (left.length === 0) onDone();
    },
  };
  return (
    <div className={classes.bar} role="region" aria-label={t.chosen(todos.length)}>
      <Group gap="sm">
        <Text fw={600} size="sm">
          {t.chosen(todos.length)}
        </Text>
        <Deal {...shared} />
        <Many {...shared} />
        <Button variant="subtle" size="sm" onClick={onDone}>
          {t.unchoose}
        </Button>
      </Group>
      {refused.length > 0 && (
        <Alert color="orange" title={t.refusedFor(refused.length)} mt="sm" role="alert">
          <List size="sm">
            {refused.map((each) => (
              <List.Item key={each.id}>
                <b>{titles.get(each.id) ?? each.id}</b>: {each.message}
              </List.Item>
            ))}
          </List>
        </Alert>
      )}
    </div>
  );
}

interface Props {
  todos: ToDo[];
  onVerdicts: (verdicts: Verdict[]) => void;
}

interface CommandProps extends Props {
  label: string;
  title?: string;
  color?: string;
  ready: boolean;
  deed: ManyDeed;
  children: ReactNode;
}

function Command({ todos, onVerdicts, deed, ...asked }: CommandProps) {
  const many = useMany();
  return (
    <Ask
      {...asked}
      pending={many.isPending}
      error={many.error}
      forget={many.reset}
      go={(done) =>
        many.mutate(
          { ids: todos.map(({ id }) => id), do: deed },
          {
            onSuccess: (verdicts) => {
              done();
              onVerdicts(verdicts);
            },
          },
        )
      }
    />
  );
}

function Deal(props: Props) {
  const t = useWords();
  const [agents, setAgents] = useState<string[]>([]);
  return (
    <Command {...props} label={t.deal} ready={agents.length > 0} deed={{ command: "deal", agents }}>
      <Agents like={props.todos[0]} value={agents} onChange={setAgents} />
    </Command>
  );
}

/** Those who bear the roles of the first; who may not do another of them is refused for that one alone. */
function Agents({ like, value, onChange }: { like: ToDo | undefined; value: string[]; onChange: (value: string[]) => void }) {
  const t = useWords();
  const sheet = useQuery({ ...sheetOf(like?.id ?? ""), enabled: like !== undefined });
  const colleagues = sheet.data?.colleagues ?? [];
  return (
    <MultiSelect
      label={t.dealTo}
      description={t.dealHint}
      searchable
      hidePickedOptions
      data-autofocus
      data={colleagues.map(({ actor, title }) => ({ value: actor, label: title }))}
      value={value}
      onChange={onChange}
    />
  );
}

function Many(props: Props) {
  const d = useDeedWords();
  const [priority, setPriority] = useState("3");
  const [outcome, setOutcome] = useState<string | null>(null);
  const [reason, setReason] = useState("");
  const why = reason.trim();
  const [first] = props.todos;
  const isOneType = props.todos.every(({ type, version }) => type === first?.type && version === first.version);
  const words = <Reason value={reason} onChange={setReason} required />;
  return (
    <>
      <Command {...props} label={d.release} ready deed={{ command: "release", reason: why || null }}>
        <Reason value={reason} onChange={setReason} />
      </Command>
      <Command
        {...props}
        label={d.priority}
        ready={why !== ""}
        deed={{ command: "priority", priority: Number(priority), reason: why }}
      >
        <Select
          label={d.priorityLabel}
          description={d.priorityHint}
          data={PRIORITIES}
          allowDeselect={false}
          value={priority}
          onChange={(next) => setPriority(next ?? priority)}
          data-autofocus
        />
        {words}
      </Command>
      {first !== undefined && isOneType && (
        <Command
          {...props}
          label={d.complete}
          title={d.completeTitle}
          ready={outcome !== null}
          deed={{ command: "complete", outcome: outcome ?? "", form: {}, reason: why || null }}
        >
          <Outcome like={first} value={outcome} onChange={setOutcome} />
          <Reason value={reason} onChange={setReason} />
        </Command>
      )}
      <Command {...props} label={d.cancel} color="red" ready={why !== ""} deed={{ command: "cancel", reason: why }}>
        <Text size="sm">{d.cancelHint}</Text>
        {words}
      </Command>
    </>
  );
}

/** The outcomes of one to-do, which are those of all of its type. */
function Outcome({ like, value, onChange }: { like: ToDo; value: string | null; onChange: (value: string | null) => void }) {
  const t = useWords();
  const sheet = useQuery(sheetOf(like.id));
  const outcomes = sheet.data?.outcomes ?? [];
  return (
    <Select
      label={t.outcome}
      required
      data-autofocus
      data={outcomes.map(({ name, label }) => ({ value: name, label }))}
      value={value}
      error={sheet.isError ? sheet.error.message : undefined}
      onChange={onChange}
    />
  );
}
