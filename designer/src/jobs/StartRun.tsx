/** Starts a run by hand, with the parameters it knows. */
import { JsonInput } from "@mantine/core";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";

import { api, told } from "@/lib/api";
import { Reasoned } from "@/ui/Reasoned";

import { jobsKey, type JobDetail } from "./queries";
import { useWords } from "./words";

function parsed(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value } : null;
  } catch {
    return null;
  }
}

export function StartRun({ job }: { job: JobDetail }) {
  const t = useWords();
  const navigate = useNavigate();
  const [text, setText] = useState("{}");
  const known = Object.keys((job.parameters.properties ?? {}) as object);
  return (
    <Reasoned
      label={t.start}
      means={t.startMeans}
      done={t.startDone}
      stale={jobsKey}
      variant="filled"
      wordless
      ready={parsed(text) !== null}
      run={async () => {
        const body = { parameters: parsed(text) ?? {} };
        const run = await told(api.POST("/v1/jobs/{code}/runs", { params: { path: { code: job.code } }, body }));
        await navigate({ to: `/jobs/${job.code}/runs/${run.number}` as string });
      }}
    >
      {known.length > 0 && (
        <JsonInput
          label={t.parametersJson}
          description={known.join(", ")}
          autosize
          minRows={3}
          value={text}
          onChange={setText}
        />
      )}
    </Reasoned>
  );
}
