/** Everything that is wrong, in the server's words; each leads to its place. */
import { Group, Loader, Stack, Text, UnstyledButton } from "@mantine/core";
import { IconAlertCircleFilled, IconAlertTriangleFilled, IconCircleCheckFilled } from "@tabler/icons-react";

import classes from "./Problems.module.css";
import { besideOf, stepOf, type Problem } from "./queries";
import { useWorkshop } from "./workshop";
import { useWords } from "./words";

export type Checked = "checking" | "checked" | "failed";

interface Props {
  state: Checked;
  /** Where the files beside the text can be opened: what shows one. */
  onFile?: (path: string | undefined) => void;
}

export function Problems({ state, onFile }: Props) {
  const t = useWords();
  const { problems, select, showInText, manuscript, folder } = useWorkshop();
  const go = (problem: Problem) => {
    const beside = besideOf(problem);
    if (beside !== null) {
      if (folder.textOf(beside) !== "") onFile?.(beside);
      return;
    }
    const step = stepOf(problem);
    if (step !== null) select([step]);
    const { doc } = manuscript.view.state;
    if (problem.line <= doc.lines) showInText(doc.line(problem.line).from + problem.column - 1);
  };
  if (state === "failed") return <Said>{t.unchecked}</Said>;
  if (problems.length === 0) {
    return (
      <Said>
        {state === "checking" ? <Loader size={14} /> : <IconCircleCheckFilled size={16} className={classes.good} aria-hidden />}
        {state === "checking" ? t.checking : t.noProblems}
      </Said>
    );
  }
  return (
    <Stack gap={2}>
      {problems.map((problem) => (
        <UnstyledButton
          key={`${problem.line}:${problem.column}:${problem.message}`}
          className={classes.problem}
          onClick={() => go(problem)}
        >
          {problem.severity === "error" ? (
            <IconAlertCircleFilled size={16} className={classes.error} aria-hidden />
          ) : (
            <IconAlertTriangleFilled size={16} className={classes.warning} aria-hidden />
          )}
          <Text size="sm">
            {problem.message}{" "}
            <Text span size="sm" c="dimmed">
              {problem.mend}
            </Text>
          </Text>
          <Text size="xs" c="dimmed" ff="monospace">
            {besideOf(problem) ?? ""} {problem.line}:{problem.column}
          </Text>
        </UnstyledButton>
      ))}
    </Stack>
  );
}

function Said({ children }: { children: React.ReactNode }) {
  return (
    <Group gap="xs" px="xs" py={6} role="status">
      <Text component="div" size="sm" c="dimmed" style={{ display: "flex", gap: 8, alignItems: "center" }}>
        {children}
      </Text>
    </Group>
  );
}
