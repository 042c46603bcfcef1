/** What can be done with a letter on paper: see it, print it again, take it back. */
import { Button, Checkbox, Group, TextInput } from "@mantine/core";
import { IconFileTypePdf } from "@tabler/icons-react";
import { useState } from "react";

import { api, told, type Schemas } from "@/lib/api";
import { requestsKey } from "@/requests/queries";
import { Reasoned } from "@/ui/Reasoned";

import { useWords } from "./words";

type Letter = Schemas["CommunicationRead"];

export function Paper({ communication }: { communication: Letter }) {
  const t = useWords();
  const { id, state } = communication;
  const path = { communication_id: id };
  const printed = ["extracted", "printed", "dispatched", "returned"].includes(state);
  return (
    <Group gap="xs">
      {communication.document_hash !== null && (
        <Button
          size="xs"
          variant="default"
          component="a"
          href={`/v1/letters/${id}`}
          target="_blank"
          rel="noopener noreferrer"
          leftSection={<IconFileTypePdf size={14} />}
        >
          {t.look}
        </Button>
      )}
      {printed && (
        <Reasoned
          label={t.reprint}
          means={t.reprintMeans}
          done={t.reprintDone}
          stale={requestsKey}
          run={(reason) => told(api.POST("/v1/letters/{communication_id}/reprint", { params: { path }, body: { reason } }))}
        />
      )}
      {["extracted", "printed"].includes(state) && (
        <Reasoned
          label={t.spoil}
          means={t.spoilMeans}
          done={t.spoilDone}
          stale={requestsKey}
          run={(reason) => told(api.POST("/v1/letters/{communication_id}/spoil", { params: { path }, body: { reason } }))}
        />
      )}
      {printed && state !== "returned" && <GiveBack id={id} />}
    </Group>
  );
}

function GiveBack({ id }: { id: string }) {
  const t = useWords();
  const [code, setCode] = useState("gone_away");
  const [bad, setBad] = useState(true);
  return (
    <Reasoned
      label={t.giveBack}
      means={t.giveBackMeans}
      done={t.giveBackDone}
      stale={requestsKey}
      wordless
      ready={/^[a-z][a-z0-9_]{0,39}$/.test(code)}
      run={() =>
        told(
          api.POST("/v1/letters/{communication_id}/return", {
            params: { path: { communication_id: id } },
            body: { reason: code, address: bad ? "invalid" : "kept" },
          }),
        )
      }
    >
      <TextInput
        label={t.code}
        description={t.codeHint}
        required
        value={code}
        maxLength={40}
        onChange={(event) => setCode(event.currentTarget.value)}
      />
      <Checkbox label={t.badAddress} checked={bad} onChange={(event) => setBad(event.currentTarget.checked)} />
    </Reasoned>
  );
}
