/** Sends a request once more, as a copy of its own. */
import { Select, TextInput } from "@mantine/core";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";

import { Reasoned } from "@/ui/Reasoned";

import { copyKey, resend } from "./deeds";
import { requestsKey, type Communication, type CommunicationRequest } from "./queries";
import { useWords } from "./words";

interface Props {
  request: CommunicationRequest;
  communications: readonly Communication[];
}

export function Resend({ request, communications }: Props) {
  const t = useWords();
  const navigate = useNavigate();
  const [key, setKey] = useState(() => copyKey(request));
  const [channel, setChannel] = useState<string | null>(null);
  const channels = [...new Set(["email", "letter", ...communications.map((each) => each.channel)])];
  return (
    <Reasoned
      label={t.resend}
      means={t.resendMeans}
      done={t.resendDone}
      stale={requestsKey}
      wordless
      ready={key.trim() !== ""}
      run={async () => {
        const copy = await resend(request, key.trim(), channel);
        await navigate({ to: `/requests/${copy.id}` as string });
      }}
    >
      <TextInput
        label={t.resendKey}
        required
        maxLength={120}
        value={key}
        onChange={(event) => setKey(event.currentTarget.value)}
      />
      <Select
        label={t.channel}
        placeholder={t.anyChannel}
        clearable
        data={channels}
        value={channel}
        onChange={setChannel}
      />
    </Reasoned>
  );
}
