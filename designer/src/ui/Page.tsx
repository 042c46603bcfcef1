/** The frame of a page: its title, what can be done, and its body. */
import { Group, Stack, Text, Title } from "@mantine/core";
import { useEffect, type ReactNode } from "react";

interface Props {
  title: string;
  hint?: ReactNode;
  actions?: ReactNode;
  children: ReactNode;
}

export function Page({ title, hint, actions, children }: Props) {
  useEffect(() => {
    document.title = `${title} · OpenCCM`;
  }, [title]);
  return (
    <Stack gap="lg" p={{ base: "md", sm: "xl" }} maw={1240} mx="auto">
      <Group justify="space-between" align="flex-end" gap="md">
        <Stack gap={4} miw={0}>
          <Title order={1} size="h2" style={{ overflowWrap: "anywhere" }}>
            {title}
          </Title>
          {hint !== undefined && (
            <Text component="div" c="dimmed" size="sm">
              {hint}
            </Text>
          )}
        </Stack>
        {actions !== undefined && <Group gap="sm">{actions}</Group>}
      </Group>
      {children}
    </Stack>
  );
}
