/** What has no drawing and no grid is written as text. */
import { Paper } from "@mantine/core";
import { lazy, Suspense } from "react";

import { Waiting } from "@/ui/Asked";

import { Broken } from "./Broken";
import type { BenchProps } from "./Designer";
import classes from "./Designer.module.css";
import { Problems } from "./Problems";
import { useWords } from "./words";

const TextPane = lazy(() => import("./text/TextPane"));

export function TextBench({ state }: Pick<BenchProps, "state">) {
  const t = useWords();
  return (
    <div className={classes.bench}>
      <Broken />
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
