/** The door: nothing else is shown before somebody is signed in. */
import { Button, PasswordInput, TextInput } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";

import { Failure } from "@/ui/Failure";

import { Door } from "./Door";
import { enter } from "./queries";
import { useWords } from "./words";

export function SignInPage() {
  const t = useWords();
  const [name, setName] = useState("");
  const [password, setPassword] = useState("");
  const go = useMutation({ mutationFn: () => enter(name.trim(), password) });
  return (
    <Door title={t.title} hint={t.welcome} onSubmit={() => go.mutate()}>
      <TextInput label={t.name} autoComplete="username" required data-autofocus value={name} onChange={(event) => setName(event.currentTarget.value)} />
      <PasswordInput
        label={t.password}
        autoComplete="current-password"
        required
        value={password}
        onChange={(event) => setPassword(event.currentTarget.value)}
      />
      {go.isError && <Failure error={go.error} />}
      <Button type="submit" fullWidth loading={go.isPending}>
        {t.go}
      </Button>
    </Door>
  );
}
