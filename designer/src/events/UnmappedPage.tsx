/** Events that no binding took, by source and type. */
import { useQuery } from "@tanstack/react-query";

import { Asked } from "@/ui/Asked";
import { Empty } from "@/ui/Empty";
import { Rows } from "@/ui/Listing";
import { spaced } from "@/ui/states";
import { To } from "@/ui/To";
import { When } from "@/ui/When";

import { EventTabs } from "./EventTabs";
import { unmapped } from "./queries";
import { useWords } from "./words";

export function UnmappedPage() {
  const t = useWords();
  const query = useQuery(unmapped);
  return (
    <EventTabs view="unmapped">
      <Asked query={query}>
        {(rows) =>
          rows.length === 0 ? (
            <Empty title={t.allTaken}>{t.allTakenHint}</Empty>
          ) : (
            <Rows
              label={t.unmapped}
              rows={rows}
              keyOf={(row) => `${row.source}:${row.type}:${row.reason}`}
              columns={[
                { title: t.type, cell: (row) => <b>{row.type}</b> },
                { title: t.source, cell: (row) => row.source },
                { title: t.reason, cell: (row) => spaced(row.reason) },
                { title: t.first, cell: (row) => <When at={row.first_at} /> },
                { title: t.last, cell: (row) => <When at={row.last_at} /> },
                {
                  title: t.count,
                  number: true,
                  cell: (row) => (
                    <To
                      to="/events"
                      search={{ type: row.type, source: row.source, state: "ignored_no_binding" }}
                      fw={600}
                    >
                      {row.count}
                    </To>
                  ),
                },
              ]}
            />
          )
        }
      </Asked>
    </EventTabs>
  );
}
