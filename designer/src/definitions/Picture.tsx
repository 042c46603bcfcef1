/** A version of a process as a drawing, to be looked at. */
import { useQuery } from "@tanstack/react-query";
import { lazy, Suspense, useMemo } from "react";

import { project } from "@/process/view";
import { useMay } from "@/signin/queries";
import { Asked, Waiting } from "@/ui/Asked";
import { read } from "@/yaml/reading";

import { Live } from "./Live";
import { filesOf } from "./queries";

const Drawing = lazy(() => import("@/process/canvas/Drawing"));

export function Picture({ code, number }: { code: string; number: number }) {
  const may = useMay();
  const query = useQuery(filesOf(code, number));
  return (
    <Asked query={query}>
      {(files) => {
        const text = files["process.yaml"];
        return typeof text === "string" ? <Drawn text={text} live={may("process:read") ? code : null} /> : null;
      }}
    </Asked>
  );
}

function Drawn({ text, live }: { text: string; live: string | null }) {
  const view = useMemo(() => project(read(text)), [text]);
  const drawing = (
    <Suspense fallback={<Waiting />}>
      <Drawing view={view} />
    </Suspense>
  );
  return live === null ? (
    drawing
  ) : (
    <Live code={live} view={view}>
      {drawing}
    </Live>
  );
}
