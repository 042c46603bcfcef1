/** The designer: palette, canvas, text and form around one manuscript. */
import { Alert, Anchor, Modal, Paper, ScrollArea, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { lazy, Suspense, useCallback, useMemo, useState, type ReactNode } from "react";

import { Asked, Waiting } from "@/ui/Asked";
import { Empty } from "@/ui/Empty";
import { tellFailure } from "@/ui/told";
import { Refusal } from "@/yaml/reading";

import classes from "./Designer.module.css";
import type { Place } from "./edits";
import type { Manuscript } from "./manuscript";
import { Outline } from "./Outline";
import { Palette } from "./Palette";
import { Problems, type Checked } from "./Problems";
import { schemaOf, type Kind, type Problem } from "./queries";
import type { Schema } from "./schema";
import { Toolbar, type Pane } from "./Toolbar";
import { useDeeds } from "./useDeeds";
import { useHistoryKeys } from "./useHistoryKeys";
import { useOpen, useSnapshot, useWorkshop, WorkshopContext, type Deed, type Workshop } from "./workshop";
import { useWords } from "./words";

// What is not looked at first comes a moment later, so that the drawing comes sooner.
const EditCanvas = lazy(() => import("./canvas/EditCanvas"));
const Forms = lazy(() => import("./form/Forms"));
const TextPane = lazy(() => import("./text/TextPane"));

interface Props {
  manuscript: Manuscript;
  kind: Kind;
  editable: boolean;
  problems: readonly Problem[];
  state: Checked;
  pane: Pane;
  onPane: (pane: Pane) => void;
  step: string | undefined;
  onStep: (step: string | undefined) => void;
  counts?: ReadonlyMap<string, number>;
  children?: ReactNode;
}

export function Designer(props: Props) {
  const query = useQuery(schemaOf(props.kind));
  return <Asked query={query}>{(schema) => <Provided {...props} schema={schema} />}</Asked>;
}

function Provided({ schema, ...props }: Props & { schema: Schema }) {
  const t = useWords();
  const { manuscript, editable, problems, step, onStep, pane, onPane } = props;
  const [selected, setSelected] = useState<readonly string[]>(step === undefined ? [] : [step]);
  const select = useCallback(
    (ids: readonly string[]) => {
      setSelected(ids);
      onStep(ids.at(-1));
    },
    [onStep],
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
  const showInText = useCallback(
    (at: number) => {
      if (pane !== "both" && pane !== "text") onPane("both");
      manuscript.view.dispatch({ selection: { anchor: at }, scrollIntoView: true });
      requestAnimationFrame(() => manuscript.view.focus());
    },
    [manuscript, pane, onPane],
  );
  const workshop = useMemo<Workshop>(
    () => ({ manuscript, schema, editable, problems, selected, select, act, showInText }),
    [manuscript, schema, editable, problems, selected, select, act, showInText],
  );
  return (
    <WorkshopContext value={workshop}>
      <Bench {...props} />
    </WorkshopContext>
  );
}

function Bench(props: Props) {
  useHistoryKeys(props.manuscript);
  return props.kind === "process" ? <ProcessBench {...props} /> : <TextBench {...props} />;
}

/** What has no flow to draw is written as text. */
function TextBench({ state }: Props) {
  const t = useWords();
  const { faults } = useSnapshot();
  const fault = faults[0];
  return (
    <div className={classes.bench}>
      {fault && <Broken at={fault.from} line={fault.line} />}
      <section className={classes.alone} aria-label={t.text}>
        <Suspense fallback={<Waiting />}>
          <TextPane />
        </Suspense>
      </section>
      <Paper className={classes.problems} component="section" aria-label={t.problems} tabIndex={0}>
        <Problems state={state} />
      </Paper>
    </div>
  );
}

function ProcessBench({ pane, onPane, state, counts, children }: Props) {
  const t = useWords();
  const open = useOpen();
  const deeds = useDeeds();
  const { selected } = useWorkshop();
  const { process, faults } = useSnapshot();
  const [place, setPlace] = useState<Place | null>(null);
  // A step that went, or got another name, is no longer selected.
  const steps = selected.flatMap((id) => process.byId.get(id) ?? []);
  const onInsert = useCallback((source: string, way: string) => setPlace({ step: source, way }), []);
  const behind = (source: string) => {
    const way = process.byId.get(source)?.ways[0]?.name;
    setPlace({ step: source, way: way ?? "next" });
  };
  const fault = faults[0];
  return (
    <div className={classes.bench}>
      <Toolbar pane={pane} onPane={onPane} deeds={deeds} onAdd={() => setPlace(deeds.behindSelected() ?? { step: "", way: "" })} />
      {fault && <Broken at={fault.from} line={fault.line} />}
      <div className={classes.body} data-pane={pane}>
        {open && (
          <aside className={classes.palette} aria-label={t.addStep}>
            <Palette draggable onPick={(kind) => deeds.add(kind, deeds.behindSelected())} />
          </aside>
        )}
        <div className={classes.drawing}>
          {process.steps.length === 0 && pane !== "text" ? (
            <Empty title={t.nothing}>{t.nothingHint}</Empty>
          ) : pane === "outline" ? (
            <Outline onAdd={behind} onRemove={deeds.remove} />
          ) : (
            pane !== "text" && (
              <Suspense fallback={<Waiting />}>
                <EditCanvas deeds={deeds} onInsert={onInsert} {...(counts ? { counts } : {})} />
              </Suspense>
            )
          )}
        </div>
        {(pane === "both" || pane === "text") && (
          <section className={classes.text} aria-label={t.text}>
            <Suspense fallback={<Waiting />}>
              <TextPane />
            </Suspense>
          </section>
        )}
        <ScrollArea className={classes.form} component="aside" aria-label={t.step} type="auto">
          <Stack p="md" gap="md">
            {children}
            {steps.length > 1 && <Text c="dimmed">{t.many(steps.length)}</Text>}
            {steps.length < 2 && (
              <Suspense fallback={<Waiting />}>
                <Forms step={steps[0]} />
              </Suspense>
            )}
          </Stack>
        </ScrollArea>
      </div>
      <Paper className={classes.problems} component="section" aria-label={t.problems} tabIndex={0}>
        <Problems state={state} />
      </Paper>
      <Modal opened={place !== null} onClose={() => setPlace(null)} title={t.insertHere} size="lg" centered>
        <Palette
          columns={2}
          onPick={(kind) => {
            deeds.add(kind, place?.step === "" ? null : place);
            setPlace(null);
          }}
        />
      </Modal>
    </div>
  );
}

function Broken({ at, line }: { at: number; line: number }) {
  const t = useWords();
  const { showInText } = useWorkshop();
  return (
    <Alert color="orange" radius={0} py={6} role="alert">
      {t.broken(line)}{" "}
      <Anchor component="button" type="button" size="sm" onClick={() => showInText(at)}>
        {t.goToLine}
      </Anchor>
    </Alert>
  );
}
