/** The saved cases of a draft: run them, see what came out otherwise, edit them. */
import { ActionIcon, Badge, Button, Code, Group, List, Modal, Paper, Stack, Text } from "@mantine/core";
import { IconPencil, IconPlayerPlay, IconTrash } from "@tabler/icons-react";
import { useMutation } from "@tanstack/react-query";
import { lazy, Suspense, useState } from "react";

import { api, told, type Schemas } from "@/lib/api";
import { Waiting } from "@/ui/Asked";
import { Empty } from "@/ui/Empty";
import { Failure } from "@/ui/Failure";
import { tell } from "@/ui/told";
import { dataOf, read } from "@/yaml/reading";

import { namesIn, useContents } from "../folder";
import { useSnapshot, useWorkshop } from "../workshop";
import { useCaseWords } from "./words";

const FileText = lazy(() => import("../text/FileText"));

type Result = Schemas["PlayedCaseRead"];

/** What a case came out as, for as long as nothing it depends on has changed. */
interface Outcome {
  result: Result;
  of: string;
}

export default function CasesPanel() {
  const t = useCaseWords();
  const { code, editable, folder, save, problems } = useWorkshop();
  const { files, edition } = useContents();
  const { text } = useSnapshot();
  const [outcomes, setOutcomes] = useState<ReadonlyMap<string, Outcome>>(new Map());
  const [edited, setEdited] = useState<string | null>(null);
  const now = `${edition}\u0000${text}`;
  const names = namesIn(files, "cases");
  const run = useMutation({
    mutationFn: async (name: string | null) => {
      if (editable) await save();
      const query = name === null ? {} : { name };
      return told(api.POST("/v1/definitions/{code}/draft/cases", { params: { path: { code }, query } }));
    },
    onSuccess: (results) => {
      const of = `${folder.snapshot().edition}\u0000${text}`;
      setOutcomes((before) => new Map([...before, ...results.map((result) => [result.name, { result, of }] as const)]));
    },
  });
  const valid = (name: string) => {
    const found = outcomes.get(name);
    return found?.of === now ? found.result : undefined;
  };
  const played = names.flatMap((name) => valid(name) ?? []);
  const broken = problems.some((each) => each.severity === "error");
  if (names.length === 0) return <Empty title={t.none}>{t.noneHint}</Empty>;
  return (
    <Stack gap="md">
      <Text size="xs" c="dimmed">
        {t.hint} {editable && t.savesFirst}
      </Text>
      {broken && <Text size="sm">{t.unplayed}</Text>}
      <Group justify="space-between">
        <Button size="xs" leftSection={<IconPlayerPlay size={14} />} loading={run.isPending} disabled={broken} onClick={() => run.mutate(null)}>
          {t.runAll}
        </Button>
        <Text size="sm" role="status">
          {played.length > 0 && t.sum(played.filter((each) => each.passed).length, played.length)}
        </Text>
      </Group>
      {run.isError && <Failure error={run.error} />}
      {names.map((name) => (
        <CaseCard
          key={name}
          name={name}
          result={valid(name)}
          busy={run.isPending || broken}
          onRun={() => run.mutate(name)}
          onEdit={() => setEdited(name)}
          onRemove={() => {
            folder.remove(`cases/${name}.yaml`);
            tell(t.removed(name));
          }}
        />
      ))}
      <Modal opened={edited !== null} onClose={() => setEdited(null)} title={edited} size="xl" centered>
        {edited !== null && (
          <Stack>
            <div style={{ height: "50vh" }}>
              <Suspense fallback={<Waiting />}>
                <FileText path={`cases/${edited}.yaml`} label={edited} />
              </Suspense>
            </div>
            <Group justify="flex-end">
              <Button onClick={() => setEdited(null)}>{t.done}</Button>
            </Group>
          </Stack>
        )}
      </Modal>
    </Stack>
  );
}

interface CardProps {
  name: string;
  result: Result | undefined;
  busy: boolean;
  onRun: () => void;
  onEdit: () => void;
  onRemove: () => void;
}

function CaseCard({ name, result, busy, onRun, onEdit, onRemove }: CardProps) {
  const t = useCaseWords();
  const { folder, editable } = useWorkshop();
  const { title } = dataOf(read(folder.textOf(`cases/${name}.yaml`)));
  return (
    <Paper withBorder p="sm" component="article" aria-label={name}>
      <Group justify="space-between" wrap="nowrap" align="flex-start" gap="xs">
        <div style={{ minWidth: 0 }}>
          <Text size="sm" fw={600}>
            {typeof title === "string" ? title : name}
          </Text>
          <Text size="xs" c="dimmed" ff="monospace">
            {name}
          </Text>
        </div>
        {result && (
          <Badge color={result.passed ? "pine" : "red"} variant="light" tt="none" style={{ flex: "none" }}>
            {result.passed ? t.passed : t.differs}
          </Badge>
        )}
      </Group>
      {result && !result.passed && (
        <List size="sm" mt="xs">
          {result.problems.map((problem) => (
            <List.Item key={`${problem.line}:${problem.message}`}>
              {problem.message}{" "}
              <Text span size="xs" c="dimmed">
                {t.line(problem.line)}. {problem.mend}
              </Text>
            </List.Item>
          ))}
        </List>
      )}
      {result && result.differences.length > 0 && (
        <details>
          <summary>
            <Text span size="sm">
              {t.written}
            </Text>
          </summary>
          <Code block tabIndex={0}>
            {result.differences.join("\n")}
          </Code>
        </details>
      )}
      <Group gap={6} mt="xs">
        <Button size="compact-xs" variant="default" disabled={busy} aria-label={t.runOne(name)} onClick={onRun}>
          {t.run}
        </Button>
        <ActionIcon size={24} variant="default" aria-label={t.editOne(name)} onClick={onEdit}>
          <IconPencil size={14} />
        </ActionIcon>
        {editable && (
          <ActionIcon size={24} variant="default" aria-label={t.removeOne(name)} onClick={onRemove}>
            <IconTrash size={14} />
          </ActionIcon>
        )}
      </Group>
    </Paper>
  );
}
