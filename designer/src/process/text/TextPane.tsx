/** The text itself, with what is wrong marked in it. */
import { setDiagnostics, type Diagnostic } from "@codemirror/lint";
import { useEffect, useRef } from "react";

import { queries } from "@/lib/queries";

import { isVisibleAt } from "../place";
import { besideOf, referencesTo, type Kind, type Problem } from "../queries";
import { useSnapshot, useWorkshop } from "../workshop";
import { useWords } from "../words";
import { textExtensions } from "./extensions";
import classes from "./TextPane.module.css";

export default function TextPane() {
  const t = useWords();
  const { manuscript, problems, schema, editable } = useWorkshop();
  const { faults, text } = useSnapshot();
  const home = useRef<HTMLDivElement>(null);
  const label = t.text;
  useEffect(() => {
    manuscript.equip(() =>
      textExtensions({
        label,
        editable,
        sources: {
          schema: () => schema,
          references: (kind) => queries.ensureQueryData(referencesTo(kind as Kind)),
        },
      }),
    );
  }, [manuscript, label, editable, schema]);
  useEffect(() => {
    const { dom } = manuscript.view;
    home.current?.append(dom);
    manuscript.view.requestMeasure();
    return () => dom.remove();
  }, [manuscript]);
  useEffect(() => {
    const { state } = manuscript.view;
    const marks: Diagnostic[] =
      faults.length > 0
        ? faults.map(({ from, to, message }) => ({ from, to, message, severity: "error" }))
        : problems.filter((problem) => besideOf(problem) === null).flatMap((problem) => markOf(problem, text));
    const inside = marks.filter((each) => isVisibleAt(each, state.doc.length));
    manuscript.view.dispatch(setDiagnostics(state, inside));
  }, [manuscript, problems, faults, text]);
  return <div ref={home} className={classes.pane} />;
}

function markOf(problem: Problem, text: string): Diagnostic[] {
  const lines = text.split("\n");
  const line = lines[problem.line - 1];
  if (line === undefined) return [];
  const start = lines.slice(0, problem.line - 1).reduce((sum, each) => sum + each.length + 1, 0);
  const from = start + Math.min(problem.column - 1, line.length);
  const to = start + line.replace(/\s+#.*$/, "").length;
  return [
    {
      from,
      to: Math.max(from, to),
      severity: problem.severity,
      message: `${problem.message} ${problem.mend}`,
    },
  ];
}
