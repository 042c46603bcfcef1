/** The door: nothing else is shown before somebody is signed in. */
import { Button, Center, Paper, PasswordInput, Stack, Text, Title } from "@mantine/core";
import { useState, type FormEvent } from "react";

import { signIn } from "@/lib/session";
import { Mark } from "@/shell/Mark";

import { useWords } from "./words";

export function SignInPage() {
  const t = useWords();
  const [key, setKey] = useState("");
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (key.trim() !== "") signIn(key.trim());
  };
  return (
    <Center mih="100vh" p="md" component="main" bg="var(--ccm-canvas)">
      <Paper withBorder shadow="sm" p="xl" radius="lg" w="100%" maw={400}>
        <form onSubmit={submit}>
          <Stack gap="lg">
            <Mark />
            <div>
              <Title order={1} size="h3">
                {t.title}
              </Title>
              <Text c="dimmed" size="sm">
                {t.welcome}
              </Text>
            </div>
            <PasswordInput
              label={t.key}
              description={t.keyHint}
              autoComplete="off"
              value={key}
              onChange={(event) => setKey(event.currentTarget.value)}
              required
              data-autofocus
            />
            <Button type="submit" fullWidth>
              {t.go}
            </Button>
          </Stack>
        </form>
      </Paper>
    </Center>
  );
}
