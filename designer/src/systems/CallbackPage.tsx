/** The deliveries of one subscription, newest first. */
import { Button, Group } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";

import { Empty } from "@/ui/Empty";
import { Listing } from "@/ui/Listing";
import { Page } from "@/ui/Page";
import { State } from "@/ui/State";
import { To } from "@/ui/To";
import { When } from "@/ui/When";

import { callbacksOf, deliveriesOf } from "./queries";
import { useWords } from "./words";

const route = getRouteApi("/systems/$code/callbacks/$id");
const STATES = [undefined, "pending", "delivered"] as const;

export function CallbackPage() {
  const t = useWords();
  const { code, id } = route.useParams();
  const { state, after } = route.useSearch();
  const navigate = route.useNavigate();
  const { data: all } = useQuery(callbacksOf(code));
  const query = useQuery(deliveriesOf(code, id, state, after));
  const url = all?.find((each) => each.id === id)?.url;
  return (
    <Page
      title={t.deliveries}
      hint={
        <>
          <To to={`/systems/${code}`} underline="always">{code}</To> {url !== undefined && `· ${url}`}
        </>
      }
      actions={
        <Group gap={6}>
          {STATES.map((each) => (
            <Button
              key={each ?? "all"}
              size="compact-sm"
              variant={state === each ? "filled" : "default"}
              aria-pressed={state === each}
              onClick={() => void navigate({ search: { state: each }, replace: true })}
            >
              {each === undefined ? t.everything : t[each]}
            </Button>
          ))}
        </Group>
      }
    >
      <Listing
        label={t.deliveries}
        query={query}
        columns={[
          { title: t.event, cell: (row) => row.event },
          { title: t.state, cell: (row) => <State of={row.state} /> },
          { title: t.attempts, number: true, cell: (row) => row.attempts },
          { title: t.error, cell: (row) => row.last_error ?? "" },
          { title: t.next, cell: (row) => (row.state === "pending" ? <When at={row.next_attempt_at} exact /> : "") },
          { title: t.created, cell: (row) => <When at={row.created_at} exact /> },
          { title: t.deliveredAt, cell: (row) => <When at={row.delivered_at} exact /> },
        ]}
        keyOf={(row) => row.id}
        empty={<Empty title={t.noDeliveries} />}
        after={after}
        onPage={(next) => void navigate({ search: { state, after: next } })}
      />
    </Page>
  );
}
