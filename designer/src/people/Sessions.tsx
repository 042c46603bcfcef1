/** The sessions that go on, of everybody or of one; each can be ended. */
import { useQuery } from "@tanstack/react-query";

import { api, told } from "@/lib/api";
import { Asked } from "@/ui/Asked";
import { Empty } from "@/ui/Empty";
import { Rows } from "@/ui/Listing";
import { Reasoned } from "@/ui/Reasoned";
import { To } from "@/ui/To";
import { When } from "@/ui/When";

import { peopleKey, sessionsOf } from "./queries";
import { useWords } from "./words";

export function Sessions({ user }: { user?: string }) {
  const t = useWords();
  const query = useQuery(sessionsOf(user));
  return (
    <Asked query={query}>
      {(rows) =>
        rows.length === 0 ? (
          <Empty title={t.noSessions} />
        ) : (
          <Rows
            label={t.sessions}
            rows={rows}
            keyOf={(row) => row.id}
            columns={[
              { title: t.name, cell: (row) => <To to={`/people/${row.user}`}>{row.user}</To> },
              { title: t.method, cell: (row) => row.method },
              { title: t.since, cell: (row) => <When at={row.created_at} exact /> },
              { title: t.seen, cell: (row) => <When at={row.seen_at} /> },
              { title: t.expires, cell: (row) => <When at={row.expires_at} exact /> },
              {
                title: t.signOut,
                cell: (row) => (
                  <Reasoned
                    label={t.signOut}
                    means={t.signOutMeans(row.user)}
                    done={t.signedOut}
                    stale={peopleKey}
                    wordless
                    run={() =>
                      told(api.DELETE("/v1/sessions/{session_id}", { params: { path: { session_id: row.id } } }))
                    }
                  />
                ),
              },
            ]}
          />
        )
      }
    </Asked>
  );
}
