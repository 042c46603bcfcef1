/** Stepping in: retry or skip a step, cancel an instance, move it to another version. */
import { Checkbox, NumberInput, TextInput } from "@mantine/core";
import { useState } from "react";

import { api, told } from "@/lib/api";
import { Reasoned } from "@/ui/Reasoned";

import { instancesKey, type Instance, type Visit } from "./queries";
import { useWords } from "./words";

export function RetryStep({ id, visit }: { id: string; visit: Visit }) {
  const t = useWords();
  const path = { instance_id: id, step: visit.step };
  return (
    <Reasoned
      label={t.retry}
      means={t.retryMeans(visit.step)}
      done={t.retryDone}
      stale={instancesKey}
      run={(reason) =>
        told(api.POST("/v1/instances/{instance_id}/steps/{step}/retry", { params: { path }, body: { reason } }))
      }
    />
  );
}

export function SkipStep({ id, visit }: { id: string; visit: Visit }) {
  const t = useWords();
  const [outcome, setOutcome] = useState("");
  const path = { instance_id: id, step: visit.step };
  return (
    <Reasoned
      label={t.skip}
      means={t.skipMeans(visit.step)}
      done={t.skipDone}
      stale={instancesKey}
      run={(reason) =>
        told(
          api.POST("/v1/instances/{instance_id}/steps/{step}/skip", {
            params: { path },
            body: { reason, outcome: outcome.trim() || null },
          }),
        )
      }
    >
      <TextInput
        label={t.skipOutcome}
        description={t.skipHint}
        value={outcome}
        maxLength={60}
        onChange={(event) => setOutcome(event.currentTarget.value)}
      />
    </Reasoned>
  );
}

export function CancelInstance({ instance }: { instance: Instance }) {
  const t = useWords();
  const [undoing, setUndoing] = useState(false);
  return (
    <Reasoned
      label={t.cancel}
      means={t.cancelMeans}
      done={t.cancelDone}
      stale={instancesKey}
      color="red"
      run={(reason) =>
        told(
          api.POST("/v1/instances/{instance_id}/cancel", {
            params: { path: { instance_id: instance.id } },
            body: { reason, undoing },
          }),
        )
      }
    >
      <Checkbox label={t.undoing} checked={undoing} onChange={(event) => setUndoing(event.currentTarget.checked)} />
    </Reasoned>
  );
}

export function MoveInstance({ instance }: { instance: Instance }) {
  const t = useWords();
  const [version, setVersion] = useState<number | null>(instance.version + 1);
  return (
    <Reasoned
      label={t.migrate}
      means={t.migrateMeans}
      done={t.migrateDone}
      stale={instancesKey}
      ready={version !== null}
      run={(reason) =>
        told(
          api.POST("/v1/instances/{instance_id}/migrate", {
            params: { path: { instance_id: instance.id } },
            body: { reason, version: version ?? instance.version },
          }),
        )
      }
    >
      <NumberInput
        label={t.toVersion}
        min={1}
        allowDecimal={false}
        required
        value={version ?? ""}
        onChange={(next) => setVersion(typeof next === "number" ? next : null)}
      />
    </Reasoned>
  );
}
