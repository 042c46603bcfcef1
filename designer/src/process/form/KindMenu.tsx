/** Make another kind of step of one; what fits the new kind stays. */
import { ActionIcon, Menu, Tooltip } from "@mantine/core";
import { IconReplace } from "@tabler/icons-react";

import { replaceKind } from "../edits";
import { lookOf } from "../kinds";
import { schemaAt, stepKinds, type Schema } from "../schema";
import type { Step } from "../view";
import { useWorkshop } from "../workshop";
import { kindWord, useWords } from "../words";

/** The fields that a kind of step has. */
function fieldsOf(schema: Schema, kind: string): Set<string> {
  const sketch = { steps: { step: { do: kind } } };
  return new Set(Object.keys(schemaAt(schema, ["steps", "step"], sketch)?.properties ?? {}));
}

export function KindMenu({ step }: { step: Step }) {
  const t = useWords();
  const { act, schema } = useWorkshop();
  return (
    <Menu position="bottom-end" withinPortal>
      <Menu.Target>
        <Tooltip label={t.replaceKind}>
          <ActionIcon variant="default" size={28} aria-label={t.replaceKind}>
            <IconReplace size={16} />
          </ActionIcon>
        </Tooltip>
      </Menu.Target>
      <Menu.Dropdown mah={360} style={{ overflowY: "auto" }}>
        {stepKinds(schema)
          .filter(({ kind }) => kind !== step.do)
          .map(({ kind }) => {
            const { icon: Sign, colour } = lookOf(kind);
            return (
              <Menu.Item
                key={kind}
                leftSection={<Sign size={16} color={`var(--mantine-color-${colour}-7)`} aria-hidden />}
                onClick={() => act((reading) => replaceKind(reading, step, kind, fieldsOf(schema, kind)))}
              >
                {kindWord(t, kind)}
              </Menu.Item>
            );
          })}
      </Menu.Dropdown>
    </Menu>
  );
}
