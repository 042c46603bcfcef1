/** Whether a chain of the trail is whole, once somebody wants to know. */
import { Alert, Button, Group } from "@mantine/core";
import { IconShieldCheck } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";

import { Failure } from "@/ui/Failure";

import { wholenessOf } from "./queries";
import { useWords } from "./words";

export function Wholeness({ chain }: { chain: string }) {
  const t = useWords();
  const query = useQuery({ ...wholenessOf(chain), enabled: false });
  const { data } = query;
  return (
    <Group gap="sm">
      <Button
        size="xs"
        variant="default"
        leftSection={<IconShieldCheck size={14} />}
        loading={query.isFetching}
        onClick={() => void query.refetch()}
      >
        {t.verify}
      </Button>
      {query.isError && <Failure error={query.error} />}
      {data !== undefined && (
        <Alert color={data.whole ? "pine" : "red"} py={6} role="status">
          {data.whole ? t.whole : t.broken(data.first_fault ?? 0)}
        </Alert>
      )}
    </Group>
  );
}
