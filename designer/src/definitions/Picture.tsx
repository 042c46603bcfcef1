/** A version of a process as a drawing, to be looked at. */
import { useQuery } from "@tanstack/react-query";
import { lazy, Suspense, useMemo } from "react";

import { project } from "@/process/view";
import { Asked, Waiting } from "@/ui/Asked";
import { read } from "@/yaml/reading";

import { filesOf } from "./queries";

const Drawing = lazy(() => import("@/process/canvas/Drawing"));

export function Picture({ code, number }: { code: string; number: number }) {
  const query = useQuery(filesOf(code, number));
  return (
    <Asked query={query}>
      {(files) => {
        const text = files["process.yaml"];
        return typeof text === "string" ? <Drawn text={text} /> : null;
      }}
    </Asked>
  );
}

function Drawn({ text }: { text: string }) {
  const view = useMemo(() => project(read(text)), [text]);
  return (
    <Suspense fallback={<Waiting />}>
      <Drawing view={view} />
    </Suspense>
  );
}
