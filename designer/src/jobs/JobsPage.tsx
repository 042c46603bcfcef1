/** Every job with its last run and when it runs. */
import { Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";

import { Asked } from "@/ui/Asked";
import { Empty } from "@/ui/Empty";
import { Rows } from "@/ui/Listing";
import { Page } from "@/ui/Page";
import { State } from "@/ui/State";
import { To } from "@/ui/To";
import { When } from "@/ui/When";

import { jobs, type Job } from "./queries";
import { useTiming } from "./useTiming";
import { useWords } from "./words";

export function JobsPage() {
  const t = useWords();
  const timing = useTiming();
  const query = useQuery(jobs);
  return (
    <Page title={t.title} hint={t.hint}>
      <Asked query={query}>
        {(rows) =>
          rows.length === 0 ? (
            <Empty title={t.none} />
          ) : (
            <Rows<Job>
              label={t.title}
              rows={rows}
              keyOf={(row) => row.code}
              columns={[
                {
                  title: t.job,
                  cell: (row) => (
                    <>
                      <To to={`/jobs/${row.code}`} fw={600}>
                        {row.title}
                      </To>
                      <Text size="xs" c="dimmed">
                        {row.code}
                      </Text>
                    </>
                  ),
                },
                { title: t.when, cell: (row) => timing(row.timetable) },
                {
                  title: t.lastRun,
                  cell: ({ code, last_run: run }) =>
                    run === null ? (
                      t.never
                    ) : (
                      <>
                        <State of={run.state} />{" "}
                        <To to={`/jobs/${code}/runs/${run.number}`}>{t.run(run.number)}</To>
                      </>
                    ),
                },
                {
                  title: t.counts,
                  cell: ({ last_run: run }) => run && `${run.processed} / ${run.failed} / ${run.skipped}`,
                },
                { title: t.opened, cell: ({ last_run: run }) => <When at={run?.opened_at} /> },
              ]}
            />
          )
        }
      </Asked>
    </Page>
  );
}
