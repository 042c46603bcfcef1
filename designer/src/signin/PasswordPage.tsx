/** A password that somebody else knows must be changed before anything else. */
import { Button, PasswordInput } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";

import { Failure } from "@/ui/Failure";

import { Door } from "./Door";
import { changePassword, leave } from "./queries";
import { useWords } from "./words";

export function PasswordPage() {
  const t = useWords();
  const [current, setCurrent] = useState("");
  const [password, setPassword] = useState("");
  const go = useMutation({ mutationFn: () => changePassword(current, password) });
  return (
    <Door title={t.change} hint={t.changeHint} onSubmit={() => go.mutate()}>
      <PasswordInput label={t.current} autoComplete="current-password" required value={current} onChange={(event) => setCurrent(event.currentTarget.value)} />
      <PasswordInput
        label={t.fresh}
        description={t.freshHint}
        autoComplete="new-password"
        required
        value={password}
        onChange={(event) => setPassword(event.currentTarget.value)}
      />
      {go.isError && <Failure error={go.error} />}
      <Button type="submit" fullWidth loading={go.isPending}>
        {t.change}
      </Button>
      <Button variant="subtle" onClick={() => void leave()}>
        {t.out}
      </Button>
    </Door>
  );
}
