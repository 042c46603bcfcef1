/** The canvas one draws on. */
import { Button, Modal, Stack } from "@mantine/core";
import type { Connection, NodeChange } from "@xyflow/react";
import { useCallback, useEffect, useRef, useState, type DragEvent, type KeyboardEvent } from "react";

import { tell } from "@/ui/told";

import { useOutcomes } from "../form/useOutcomes";
import { DRAGGED } from "../Palette";
import type { Deeds } from "../useDeeds";
import { END, type Step } from "../view";
import { useOpen, useSnapshot, useWorkshop } from "../workshop";
import { useWords, wayWord } from "../words";
import { Canvas, type Drawn } from "./Canvas";
import canvas from "./canvas.module.css";
import { usePicture } from "./usePicture";
import { neighbour, plusNear } from "./walking";

interface Props {
  deeds: Deeds;
  onInsert: (source: string, way: string) => void;
}

export default function EditCanvas({ deeds, onInsert }: Props) {
  const t = useWords();
  const open = useOpen();
  const { selected, select, problems, manuscript } = useWorkshop();
  const { process } = useSnapshot();
  const [joint, setJoint] = useState<{ step: Step; target: string } | null>(null);
  const home = useRef<HTMLDivElement>(null);
  const picture = usePicture({
    view: process,
    problems,
    selected,
    onInsert: open ? onInsert : null,
  });
  useClipboard(deeds, open);
  const onNodesChange = useCallback(
    (changes: NodeChange<Drawn>[]) => {
      const chosen = changes.filter((each) => each.type === "select");
      if (chosen.length === 0) return;
      const next = new Set(selected);
      for (const each of chosen) {
        if (each.selected) next.add(each.id);
        else next.delete(each.id);
      }
      select([...next]);
    },
    [selected, select],
  );
  const onConnect = ({ source, target }: Connection) => {
    const step = process.byId.get(source);
    if (step && source !== target) setJoint({ step, target });
  };
  const onDrop = (event: DragEvent) => {
    const kind = event.dataTransfer.getData(DRAGGED);
    if (kind === "" || !open) return;
    event.preventDefault();
    const plus = aim(event);
    plus?.removeAttribute("data-aimed");
    const { source, way } = plus?.dataset ?? {};
    deeds.add(kind, source !== undefined && way !== undefined ? { step: source, way } : deeds.behindSelected());
  };
  const aim = (event: DragEvent) => {
    const all = home.current?.querySelectorAll<HTMLElement>(`.${canvas.plus}`) ?? [];
    for (const each of all) each.removeAttribute("data-aimed");
    const found = plusNear(all, event.clientX, event.clientY);
    found?.setAttribute("data-aimed", "");
    return found;
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if ((event.target as HTMLElement).closest("button, input, textarea")) return;
    const at = selected.at(-1);
    if (event.key.startsWith("Arrow")) {
      const next = neighbour(process, at, event.key);
      if (next === undefined) return;
      event.preventDefault();
      select([next]);
      home.current?.querySelector<HTMLElement>(`.react-flow__node[data-id="${next}"]`)?.focus();
    } else if (!open || event.ctrlKey || event.metaKey) return;
    else if (event.key === "Delete" || event.key === "Backspace") deeds.remove();
    else if (event.key === "a" || event.key === "+") {
      const place = deeds.behindSelected();
      if (place) onInsert(place.step, place.way);
    }
  };
  return (
    <div
      ref={home}
      style={{ height: "100%" }}
      onKeyDown={onKeyDown}
      onDrop={onDrop}
      onDragOver={(event) => {
        if (!open || !event.dataTransfer.types.includes(DRAGGED)) return;
        event.preventDefault();
        aim(event);
      }}
    >
      <Canvas
        nodes={picture.nodes}
        edges={picture.edges}
        ready={picture.ready}
        shown={selected.length === 1 ? selected[0] : undefined}
        onNodesChange={onNodesChange}
        onPaneClick={() => select([])}
        onNodeDoubleClick={(_, node) => {
          const step = process.byId.get(node.id);
          if (step) manuscript.view.dispatch({ selection: { anchor: step.from }, scrollIntoView: true });
        }}
        nodesConnectable={open}
        connectionRadius={60}
        onConnect={onConnect}
      />
      {joint && (
        <WayDialog
          {...joint}
          title={t.whichWay(joint.target === END ? t.theEnd : (process.byId.get(joint.target)?.title ?? ""))}
          onClose={() => setJoint(null)}
          onChoose={(way) => {
            deeds.lead(joint.step.id, way, joint.target);
            setJoint(null);
          }}
        />
      )}
    </div>
  );
}

interface DialogProps {
  step: Step;
  target: string;
  title: string;
  onChoose: (way: string) => void;
  onClose: () => void;
}

/** Which of its ways a step takes to where a line was drawn. */
function WayDialog({ step, target, title, onChoose, onClose }: DialogProps) {
  const t = useWords();
  const outcomes = useOutcomes(step);
  const undoing = target !== END && step.part === "steps";
  const names = [...new Set([...step.ways.map((way) => way.name), ...outcomes])];
  return (
    <Modal opened onClose={onClose} title={title} centered>
      <Stack gap="xs">
        {names
          .filter((name) => name !== "undo" || undoing)
          .map((name) => (
            <Button key={name} variant="default" justify="start" onClick={() => onChoose(name)}>
              {wayWord(t, name)}
            </Button>
          ))}
      </Stack>
    </Modal>
  );
}

/** Copy and paste as the browser knows them, so that other tabs and editors understand it. */
function useClipboard(deeds: Deeds, open: boolean): void {
  const t = useWords();
  const { selected } = useWorkshop();
  useEffect(() => {
    const elsewhere = (event: Event) =>
      event.target instanceof Element && event.target.closest("input, textarea, [contenteditable]") !== null;
    const copy = (event: ClipboardEvent) => {
      if (elsewhere(event) || selected.length === 0 || (getSelection()?.toString() ?? "") !== "") return;
      event.clipboardData?.setData("text/plain", deeds.copyText());
      event.preventDefault();
      tell(t.copied(selected.length));
    };
    const paste = (event: ClipboardEvent) => {
      if (elsewhere(event) || !open) return;
      if (deeds.paste(event.clipboardData?.getData("text/plain") ?? "")) event.preventDefault();
    };
    document.addEventListener("copy", copy);
    document.addEventListener("paste", paste);
    return () => {
      document.removeEventListener("copy", copy);
      document.removeEventListener("paste", paste);
    };
  }, [deeds, open, selected, t]);
}
