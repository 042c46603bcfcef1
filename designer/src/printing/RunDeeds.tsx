/** What can be done with a print run, as far as its state allows. */
import { FileButton, Button, TextInput, Tooltip } from "@mantine/core";
import { IconUpload } from "@tabler/icons-react";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { api, told } from "@/lib/api";
import { Reasoned } from "@/ui/Reasoned";
import { tell, tellFailure } from "@/ui/told";

import { printingKey, type PrintRunDetail } from "./queries";
import { useWords } from "./words";

export function RunDeeds({ run }: { run: PrintRunDetail }) {
  const t = useWords();
  const params = { path: { number: run.number } };
  return (
    <>
      {run.state === "closed" && (
        <Reasoned
          label={t.retry}
          means={t.retryMeans}
          done={t.retryDone}
          stale={printingKey}
          run={(reason) => told(api.POST("/v1/print-runs/{number}/retry", { params, body: { reason } }))}
        />
      )}
      {run.state === "transferred" && (
        <>
          <LoadAnswer number={run.number} />
          <Confirm number={run.number} />
        </>
      )}
      {["transferred", "acknowledged"].includes(run.state) && (
        <Reasoned
          label={t.reconcile}
          means={t.reconcileMeans}
          done={t.reconcileDone}
          stale={printingKey}
          run={(reason) => told(api.POST("/v1/print-runs/{number}/reconcile", { params, body: { reason } }))}
        />
      )}
    </>
  );
}

function Confirm({ number }: { number: number }) {
  const t = useWords();
  const [except, setExcept] = useState("");
  const numbers = except.split(",").map((each) => each.trim()).filter((each) => each !== "");
  return (
    <Reasoned
      label={t.confirm}
      means={t.confirmMeans}
      done={t.confirmDone}
      stale={printingKey}
      wordless
      ready={numbers.every((each) => /^[1-9]\d*$/.test(each))}
      run={() =>
        told(
          api.POST("/v1/print-runs/{number}/confirm", {
            params: { path: { number } },
            body: { except_for: numbers.map(Number) },
          }),
        )
      }
    >
      <TextInput
        label={t.exceptFor}
        description={t.exceptHint}
        value={except}
        onChange={(event) => setExcept(event.currentTarget.value)}
      />
    </Reasoned>
  );
}

function LoadAnswer({ number }: { number: number }) {
  const t = useWords();
  const client = useQueryClient();
  const load = useMutation({
    mutationFn: async (file: File) => {
      const text = await file.text();
      return told(
        api.POST("/v1/print-runs/{number}/answers", {
          params: { path: { number } },
          headers: { "Content-Type": "text/csv" },
          body: text as never,
          bodySerializer: (body: unknown) => body as string,
        }),
      );
    },
    onSuccess: () => tell(t.loaded),
    onError: tellFailure,
    onSettled: () => client.invalidateQueries({ queryKey: printingKey }),
  });
  return (
    <FileButton accept="text/csv,.csv" onChange={(file) => file !== null && load.mutate(file)}>
      {(props) => (
        <Tooltip label={t.loadHint}>
          <Button {...props} size="xs" variant="default" loading={load.isPending} leftSection={<IconUpload size={14} />}>
            {t.load}
          </Button>
        </Tooltip>
      )}
    </FileButton>
  );
}
