/** One job: when it runs, and its runs. */
import { Card, Stack, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";

import { useMay } from "@/signin/queries";
import { Asked } from "@/ui/Asked";
import { Empty } from "@/ui/Empty";
import { Facts } from "@/ui/Facts";
import { Listing } from "@/ui/Listing";
import { Page } from "@/ui/Page";
import { State } from "@/ui/State";
import { spaced } from "@/ui/states";
import { To } from "@/ui/To";
import { When } from "@/ui/When";

import { EditTimetable } from "./EditTimetable";
import { jobOf, runsOf, type Run } from "./queries";
import { StartRun } from "./StartRun";
import { useTiming } from "./useTiming";
import { useWords } from "./words";

const route = getRouteApi("/jobs/$code");

export function JobPage() {
  const t = useWords();
  const may = useMay();
  const timing = useTiming();
  const { code } = route.useParams();
  const { after } = route.useSearch();
  const navigate = route.useNavigate();
  const query = useQuery(jobOf(code));
  const runs = useQuery(runsOf(code, after));
  const shown = query.data;
  return (
    <Page
      title={shown?.title ?? code}
      hint={code}
      actions={
        shown &&
        may("job:manage") && (
          <>
            <EditTimetable key={shown.timetable?.updated_at} job={shown} />
            <StartRun job={shown} />
          </>
        )
      }
    >
      <Asked query={query}>
        {(job) => (
          <Card withBorder padding="lg">
            <Facts
              facts={[
                [t.timetable, timing(job.timetable)],
                [t.next, job.next_run_at && <When at={job.next_run_at} exact />],
                [
                  t.when,
                  job.timetable && (
                    <>
                      {t.by(job.timetable.updated_by)}, <When at={job.timetable.updated_at} />
                    </>
                  ),
                ],
              ]}
            />
          </Card>
        )}
      </Asked>
      <Stack gap="xs">
        <Title order={2} size="h4">
          {t.runs}
        </Title>
        <Listing<Run>
          label={t.runs}
          query={runs}
          columns={[
            {
              title: t.runs,
              cell: (row) => (
                <To to={`/jobs/${code}/runs/${row.number}`} fw={600}>
                  {t.run(row.number)}
                </To>
              ),
            },
            {
              title: t.state,
              cell: (row) => (
                <>
                  <State of={row.state} />
                  {row.reason !== null && (
                    <Text size="xs" c="dimmed">
                      {spaced(row.reason)}
                    </Text>
                  )}
                </>
              ),
            },
            { title: t.processed, number: true, cell: (row) => row.processed },
            { title: t.failed, number: true, cell: (row) => row.failed },
            { title: t.skipped, number: true, cell: (row) => row.skipped },
            { title: t.openedBy, cell: (row) => row.opened_by },
            { title: t.opened, cell: (row) => <When at={row.opened_at} /> },
          ]}
          keyOf={(row) => row.id}
          empty={<Empty title={t.noRuns} />}
          after={after}
          onPage={(next) => void navigate({ search: { after: next } })}
        />
      </Stack>
    </Page>
  );
}
