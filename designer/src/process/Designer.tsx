/** The designer: what all of it shares, around the bench that fits what is written. */
import { useQuery } from "@tanstack/react-query";
import { lazy, Suspense, useCallback, useMemo, useState } from "react";

import { Asked, Waiting } from "@/ui/Asked";
import { tellFailure } from "@/ui/told";
import { Refusal } from "@/yaml/reading";

import type { Folder } from "./folder";
import { Lights, LightsContext } from "./lights";
import type { Manuscript } from "./manuscript";
import type { Checked } from "./Problems";
import { ProcessBench } from "./ProcessBench";
import { schemaOf, type Kind, type Problem } from "./queries";
import type { Schema } from "./schema";
import { TextBench } from "./TextBench";
import { useHistoryKeys } from "./useHistoryKeys";
import { useWorkshop, WorkshopContext, type Deed, type View, type Workshop } from "./workshop";
import { useWords } from "./words";

// Each kind's own bench is loaded by those who write that kind.
const TableBench = lazy(() => import("./table/TableBench"));
const LetterBench = lazy(() => import("./letters/LetterBench"));

interface Props {
  code: string;
  kind: Kind;
  manuscript: Manuscript;
  folder: Folder;
  editable: boolean;
  problems: readonly Problem[];
  state: Checked;
  save: () => Promise<void>;
  view: View;
  onView: (view: View) => void;
}

export interface BenchProps {
  state: Checked;
  view: View;
  onView: (view: View) => void;
}

export function Designer(props: Props) {
  const query = useQuery(schemaOf(props.kind));
  return <Asked query={query}>{(schema) => <Provided {...props} schema={schema} />}</Asked>;
}

function Provided({ schema, state, view, onView, ...shared }: Props & { schema: Schema }) {
  const t = useWords();
  const { code, kind, manuscript, folder, editable, problems, save } = shared;
  const [lights] = useState(() => new Lights());
  const [selected, setSelected] = useState<readonly string[]>(view.step === undefined ? [] : [view.step]);
  const select = useCallback(
    (ids: readonly string[]) => {
      setSelected(ids);
      onView({ step: ids.at(-1) });
    },
    [onView],
  );
  const act = useCallback(
    (deed: Deed) => {
      try {
        manuscript.edit(deed);
      } catch (error) {
        if (!(error instanceof Refusal)) throw error;
        tellFailure(error.reason === "shared" ? t.shared : t.shape);
      }
    },
    [manuscript, t],
  );
  const pane = view.view;
  const showInText = useCallback(
    (at: number) => {
      if (pane !== "both" && pane !== "text") onView({ view: kind === "process" ? "both" : "text", file: undefined });
      manuscript.view.dispatch({ selection: { anchor: at }, scrollIntoView: true });
      requestAnimationFrame(() => manuscript.view.focus());
    },
    [manuscript, kind, pane, onView],
  );
  const workshop = useMemo<Workshop>(
    () => ({ code, kind, manuscript, folder, save, schema, editable, problems, selected, select, act, showInText }),
    [code, kind, manuscript, folder, save, schema, editable, problems, selected, select, act, showInText],
  );
  return (
    <WorkshopContext value={workshop}>
      <LightsContext value={lights}>
        <Bench kind={kind} state={state} view={view} onView={onView} />
      </LightsContext>
    </WorkshopContext>
  );
}

function Bench({ kind, ...props }: BenchProps & { kind: Kind }) {
  const { manuscript } = useWorkshop();
  useHistoryKeys(manuscript);
  if (kind === "process") return <ProcessBench {...props} />;
  return (
    <Suspense fallback={<Waiting />}>
      {kind === "decision-table" ? <TableBench {...props} /> : kind === "communication" || kind === "fragment" ? <LetterBench {...props} /> : <TextBench {...props} />}
    </Suspense>
  );
}
