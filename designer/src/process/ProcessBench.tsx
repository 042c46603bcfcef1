/** The bench of a process: palette, canvas, text, and beside them form, simulation and cases. */
import { Modal, Paper, Tabs, Text } from "@mantine/core";
import { lazy, Suspense, useCallback, useState } from "react";

import { Waiting } from "@/ui/Asked";
import { Empty } from "@/ui/Empty";

import { Broken } from "./Broken";
import type { BenchProps } from "./Designer";
import classes from "./Designer.module.css";
import type { Place } from "./edits";
import { Outline } from "./Outline";
import { Palette } from "./Palette";
import { Problems } from "./Problems";
import { usePlay } from "./simulate/usePlay";
import { Toolbar } from "./Toolbar";
import { useDeeds } from "./useDeeds";
import { useOpen, useSnapshot, useWorkshop, type Side } from "./workshop";
import { useWords } from "./words";

// What is not looked at first comes a moment later, so that the drawing comes sooner.
const EditCanvas = lazy(() => import("./canvas/EditCanvas"));
const Forms = lazy(() => import("./form/Forms"));
const TextPane = lazy(() => import("./text/TextPane"));
const SimulatePanel = lazy(() => import("./simulate/SimulatePanel"));
const CasesPanel = lazy(() => import("./cases/CasesPanel"));

export function ProcessBench({ state, view, onView }: BenchProps) {
  const pane = view.view === undefined || view.view === "grid" ? "canvas" : view.view;
  const side = view.side ?? "form";
  const play = usePlay();
  const t = useWords();
  const open = useOpen();
  const deeds = useDeeds();
  const { selected } = useWorkshop();
  const { process } = useSnapshot();
  const [place, setPlace] = useState<Place | null>(null);
  // A step that went, or got another name, is no longer selected.
  const steps = selected.flatMap((id) => process.byId.get(id) ?? []);
  const onInsert = useCallback((source: string, way: string) => setPlace({ step: source, way }), []);
  const behind = (source: string) => {
    const way = process.byId.get(source)?.ways[0]?.name;
    setPlace({ step: source, way: way ?? "next" });
  };
  return (
    <div className={classes.bench}>
      <Toolbar pane={pane} onPane={(shown) => onView({ view: shown })} deeds={deeds} onAdd={() => setPlace(deeds.behindSelected() ?? { step: "", way: "" })} />
      <Broken />
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
                <EditCanvas deeds={deeds} onInsert={onInsert} />
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
        <aside className={classes.form} aria-label={t.side} data-wide={side !== "form" || undefined}>
          <Tabs value={side} onChange={(shown) => onView({ side: (shown ?? "form") as Side })} keepMounted={false} className={classes.tabs}>
            <Tabs.List grow>
              <Tabs.Tab value="form">{steps[0] ? t.step : t.settings}</Tabs.Tab>
              <Tabs.Tab value="simulate">{t.simulate}</Tabs.Tab>
              <Tabs.Tab value="cases">{t.cases}</Tabs.Tab>
            </Tabs.List>
            <Tabs.Panel value="form" p="md">
              {steps.length > 1 && <Text c="dimmed">{t.many(steps.length)}</Text>}
              {steps.length < 2 && (
                <Suspense fallback={<Waiting />}>
                  <Forms step={steps[0]} />
                </Suspense>
              )}
            </Tabs.Panel>
            <Tabs.Panel value="simulate" p="md">
              <Suspense fallback={<Waiting />}>
                <SimulatePanel play={play} />
              </Suspense>
            </Tabs.Panel>
            <Tabs.Panel value="cases" p="md">
              <Suspense fallback={<Waiting />}>
                <CasesPanel />
              </Suspense>
            </Tabs.Panel>
          </Tabs>
        </aside>
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
