/** What went wrong, in the server's own words. */
import { Alert, Button, List, Stack, Text } from "@mantine/core";
import { IconAlertCircle } from "@tabler/icons-react";

import { Problem, UNREACHABLE } from "@/lib/problem";

import { useWords } from "./words";

interface Props {
  error: unknown;
  again?: () => void;
}

export function Failure({ error, again }: Props) {
  const t = useWords();
  const problem = error instanceof Problem ? error : null;
  const said = error instanceof Error ? error.message : String(error);
  const sentence = problem?.code === UNREACHABLE ? t.unreachable : said;
  const fields = (problem?.errors ?? []).filter((each) => each.message !== sentence);
  return (
    <Alert
      role="alert"
      color="red"
      variant="light"
      icon={<IconAlertCircle />}
      title={problem?.status === 403 ? t.denied : t.failed}
    >
      <Stack gap="xs" align="flex-start">
        <Text size="sm">{sentence}</Text>
        {fields.length > 0 && (
          <List size="sm">
            {fields.map((each) => (
              <List.Item key={`${each.field}:${each.message}`}>
                <b>{each.field}</b>: {each.message}
              </List.Item>
            ))}
          </List>
        )}
        {again !== undefined && (
          <Button size="xs" variant="default" onClick={again}>
            {t.again}
          </Button>
        )}
      </Stack>
    </Alert>
  );
}
