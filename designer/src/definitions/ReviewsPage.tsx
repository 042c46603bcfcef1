/** What waits for a decision. */
import { Anchor, Badge, Card, Group, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";

import type { Schemas } from "@/lib/api";
import { ago } from "@/lib/times";
import { Asked } from "@/ui/Asked";
import { Empty } from "@/ui/Empty";
import { Page } from "@/ui/Page";

import { reviewsWaiting } from "./queries";
import { useWords, wordFor } from "./words";

export function ReviewsPage() {
  const t = useWords();
  const query = useQuery(reviewsWaiting);
  return (
    <Page title={t.reviews} hint={t.reviewsHint}>
      <Asked query={query}>
        {(rows) =>
          rows.length === 0 ? (
            <Empty title={t.noReviews}>{t.noReviewsHint}</Empty>
          ) : (
            <Stack gap="sm">
              {rows.map((row) => (
                <Waiting key={`${row.code}:${row.version}`} row={row} />
              ))}
            </Stack>
          )
        }
      </Asked>
    </Page>
  );
}

function Waiting({ row }: { row: Schemas["WaitingRead"] }) {
  const t = useWords();
  return (
    <Card withBorder padding="md">
      <Group justify="space-between">
        <div>
          <Anchor
            fw={600}
            c="inherit"
            renderRoot={(props) => <Link to="/definitions/$code" params={{ code: row.code }} {...props} />}
          >
            {row.title}
          </Anchor>
          <Text size="sm" c="dimmed">
            {wordFor(t, row.kind)} · {row.code} · {t.version(row.version)} · {t.by(row.author)} ·{" "}
            {ago(row.changed_at)}
          </Text>
        </div>
        {row.yours && (
          <Badge variant="light" color="orange" tt="none">
            {t.yours}
          </Badge>
        )}
      </Group>
    </Card>
  );
}
