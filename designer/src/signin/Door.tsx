/** The frame of what stands before the app: one card in the middle. */
import { Center, Paper, Stack, Text, Title } from "@mantine/core";
import { useEffect, type FormEvent, type ReactNode } from "react";

import { Mark } from "@/shell/Mark";

interface Props {
  title: string;
  hint: string;
  onSubmit: () => void;
  children: ReactNode;
}

export function Door({ title, hint, onSubmit, children }: Props) {
  useEffect(() => {
    document.title = `${title} · OpenCCM`;
  }, [title]);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    onSubmit();
  };
  return (
    <Center mih="100dvh" p="md" component="main" bg="var(--ccm-canvas)">
      <Paper withBorder shadow="sm" p="xl" radius="lg" w="100%" maw={400}>
        <form onSubmit={submit}>
          <Stack gap="lg">
            <Mark />
            <div>
              <Title order={1} size="h3">
                {title}
              </Title>
              <Text c="dimmed" size="sm">
                {hint}
              </Text>
            </div>
            {children}
          </Stack>
        </form>
      </Paper>
    </Center>
  );
}
