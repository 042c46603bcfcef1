/** Above the canvas: what to look at, what to do, and where a step is. */
import { ActionIcon, Button, Group, SegmentedControl, Select, Tooltip } from "@mantine/core";
import { IconArrowBackUp, IconArrowForwardUp, IconCode, IconCopy, IconPlus, IconSearch, IconTrash } from "@tabler/icons-react";
import { useRef } from "react";
import { useHotkeys } from "@mantine/hooks";

import type { Deeds } from "./useDeeds";
import { useOpen, useSnapshot, useWorkshop, type Pane } from "./workshop";
import { useWords } from "./words";

const SHOWN = ["canvas", "both", "outline", "text"] as const;

interface Props {
  pane: Pane;
  onPane: (pane: Pane) => void;
  deeds: Deeds;
  onAdd: () => void;
}

export function Toolbar({ pane, onPane, deeds, onAdd }: Props) {
  const t = useWords();
  const open = useOpen();
  const { selected, select, showInText } = useWorkshop();
  const { process } = useSnapshot();
  const search = useRef<HTMLInputElement>(null);
  useHotkeys([["mod+K", () => search.current?.focus()]], []);
  const step = process.byId.get(selected.at(-1) ?? "");
  const names: Record<(typeof SHOWN)[number], string> = { canvas: t.canvas, both: `${t.canvas} + ${t.text}`, outline: t.outline, text: t.text };
  return (
    <Group px="md" py={8} gap="sm" style={{ borderBottom: "1px solid var(--ccm-line)", background: "var(--ccm-panel)" }}>
      <SegmentedControl
        size="xs"
        value={pane}
        onChange={(value) => onPane(value as Pane)}
        data={SHOWN.map((value) => ({ value, label: names[value] }))}
      />
      <HistoryButtons />
      {open && (
        <Button size="xs" variant="light" leftSection={<IconPlus size={14} />} onClick={onAdd}>
          {t.addStep}
        </Button>
      )}
      {step && (
        <Group gap={4}>
          {open && step.part === "steps" && (
            <Act label={t.duplicate} icon={IconCopy} onClick={deeds.duplicate} />
          )}
          <Act label={t.toText} icon={IconCode} onClick={() => showInText(step.from)} />
          {open && <Act label={t.remove} keys="Del" icon={IconTrash} onClick={deeds.remove} />}
        </Group>
      )}
      <Select
        ref={search}
        size="xs"
        ml="auto"
        w={220}
        searchable
        aria-label={t.search}
        placeholder={`${t.search} (Ctrl+K)`}
        leftSection={<IconSearch size={14} />}
        data={process.steps.map((each) => ({ value: each.id, label: each.title }))}
        value={null}
        onChange={(id) => {
          if (id !== null) select([id]);
        }}
      />
    </Group>
  );
}

/** One step back and forth, over everything that was done to the text. */
export function HistoryButtons() {
  const t = useWords();
  const { manuscript, editable } = useWorkshop();
  const { canUndo, canRedo } = useSnapshot();
  if (!editable) return null;
  return (
    <Group gap={4}>
      <Act label={t.undo} keys="Ctrl+Z" icon={IconArrowBackUp} disabled={!canUndo} onClick={() => manuscript.undo()} />
      <Act label={t.redo} keys="Ctrl+Y" icon={IconArrowForwardUp} disabled={!canRedo} onClick={() => manuscript.redo()} />
    </Group>
  );
}

interface ActProps {
  label: string;
  keys?: string;
  icon: typeof IconCopy;
  disabled?: boolean;
  onClick: () => void;
}

export function Act({ label, keys, icon: Icon, disabled = false, onClick }: ActProps) {
  return (
    <Tooltip label={keys === undefined ? label : `${label} (${keys})`}>
      <ActionIcon variant="default" size={30} aria-label={label} disabled={disabled} onClick={onClick}>
        <Icon size={16} stroke={1.8} />
      </ActionIcon>
    </Tooltip>
  );
}
