/** The operations board: volumes, ages, failures, and whether anything disappeared. */
import { Button, SimpleGrid, Stack } from "@mantine/core";
import { IconRefresh } from "@tabler/icons-react";
import { useIsFetching, useQuery, useQueryClient } from "@tanstack/react-query";

import { currentLanguage } from "@/lib/words";
import { useMay } from "@/signin/queries";
import { Asked } from "@/ui/Asked";
import { Page } from "@/ui/Page";

import { Around, Callbacks } from "./Around";
import { Backlog, Channels, Failures } from "./Backlog";
import { Identities } from "./Identities";
import { board } from "./queries";
import { Volumes } from "./Volumes";
import { useWords } from "./words";

export function OperationsPage() {
  const t = useWords();
  const may = useMay();
  const client = useQueryClient();
  const query = useQuery(board);
  const fetching = useIsFetching({ queryKey: ["operations"] }) > 0;
  return (
    <Page
      title={t.title}
      hint={query.data && `${t.updated(clock(query.data.at))}, ${t.every}`}
      actions={
        <Button
          size="xs"
          variant="default"
          leftSection={<IconRefresh size={14} />}
          disabled={fetching}
          onClick={() => void client.invalidateQueries()}
        >
          {t.refresh}
        </Button>
      }
    >
      <Asked query={query}>
        {(shown) => (
          <Stack>
            <Volumes board={shown} />
            <SimpleGrid cols={{ base: 1, md: 2 }}>
              <Backlog board={shown} />
              <Failures board={shown} />
            </SimpleGrid>
            <SimpleGrid cols={{ base: 1, md: 2 }}>
              <Channels board={shown} />
              <Stack>
                <Callbacks board={shown} />
                <Around board={shown} />
              </Stack>
            </SimpleGrid>
            {may("audit:read") && <Identities />}
          </Stack>
        )}
      </Asked>
    </Page>
  );
}

function clock(at: string): string {
  return new Intl.DateTimeFormat(currentLanguage(), { timeStyle: "medium" }).format(new Date(at));
}
