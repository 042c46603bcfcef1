/** One's own absence: who stands in, and from when until when. */
import { Alert, Button, Card, Group, Stack, Text, TextInput } from "@mantine/core";
import { IconPlaneDeparture } from "@tabler/icons-react";
import { queryOptions, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState, type FormEvent } from "react";

import { api, told, type Schemas } from "@/lib/api";
import { moment } from "@/lib/times";
import { Asked } from "@/ui/Asked";
import { Failure } from "@/ui/Failure";
import { Page } from "@/ui/Page";
import { tell, tellFailure } from "@/ui/told";

import { useWords } from "./words";

type Absence = Schemas["AbsenceModel"];

const own = queryOptions({
  queryKey: ["absence"],
  queryFn: () => told(api.GET("/v1/session/absence")),
});

export function AbsencePage() {
  const t = useWords();
  const query = useQuery(own);
  return (
    <Page title={t.title} hint={t.hint}>
      <Asked query={query}>
        {(absence) => (
          <Stack maw={560}>
            {absence === null ? (
              <Alert color="gray" variant="light" title={t.none}>
                {t.noneHint}
              </Alert>
            ) : (
              <Away absence={absence} />
            )}
            <Form />
          </Stack>
        )}
      </Asked>
    </Page>
  );
}

function useChange(run: () => Promise<unknown>) {
  const client = useQueryClient();
  return useMutation({ mutationFn: run, onSettled: () => client.invalidateQueries({ queryKey: own.queryKey }) });
}

function Away({ absence }: { absence: Absence }) {
  const t = useWords();
  const withdraw = useChange(() => told(api.DELETE("/v1/session/absence")));
  return (
    <Alert color="blue" variant="light" icon={<IconPlaneDeparture />} title={t.standsIn(absence.delegate)}>
      <Stack gap="sm" align="flex-start">
        <Text size="sm">{t.period(moment(absence.since), moment(absence.until))}</Text>
        <Button
          size="sm"
          loading={withdraw.isPending}
          onClick={() => withdraw.mutate(undefined, { onSuccess: () => tell(t.withdrawn), onError: tellFailure })}
        >
          {t.withdraw}
        </Button>
      </Stack>
    </Alert>
  );
}

function Form() {
  const t = useWords();
  const [delegate, setDelegate] = useState("");
  const [since, setSince] = useState("");
  const [until, setUntil] = useState("");
  const arrange = useChange(() =>
    told(
      api.PUT("/v1/session/absence", {
        body: {
          delegate: delegate.trim(),
          since: new Date(since).toISOString(),
          until: new Date(until).toISOString(),
        },
      }),
    ),
  );
  const ready = delegate.trim() !== "" && since !== "" && until !== "";
  const submit = (event: FormEvent) => {
    event.preventDefault();
    arrange.mutate(undefined, {
      onSuccess: () => {
        tell(t.saved);
        setDelegate("");
      },
    });
  };
  return (
    <Card withBorder padding="lg">
      <form onSubmit={submit}>
        <Stack>
          <TextInput
            label={t.delegate}
            description={t.delegateHint}
            required
            value={delegate}
            onChange={(event) => setDelegate(event.currentTarget.value)}
          />
          <Group grow>
            <TextInput
              type="datetime-local"
              label={t.since}
              required
              value={since}
              onChange={(event) => setSince(event.currentTarget.value)}
            />
            <TextInput
              type="datetime-local"
              label={t.until}
              required
              value={until}
              onChange={(event) => setUntil(event.currentTarget.value)}
            />
          </Group>
          {arrange.isError && <Failure error={arrange.error} />}
          <Button type="submit" disabled={!ready} loading={arrange.isPending} w="fit-content">
            {t.save}
          </Button>
        </Stack>
      </form>
    </Card>
  );
}
