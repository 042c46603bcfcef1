/** Makes a role of the company's own, or changes it. */
import { Checkbox, ScrollArea, Stack, Text, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";

import { api, told } from "@/lib/api";
import { Reasoned } from "@/ui/Reasoned";

import { peopleKey, scopes, type Role } from "./queries";
import { useWords } from "./words";

function list(text: string): string[] {
  return text.split(",").map((each) => each.trim()).filter((each) => each !== "");
}

export function RoleDialog({ role }: { role?: Role }) {
  const t = useWords();
  const all = useQuery(scopes).data ?? {};
  const [code, setCode] = useState(role?.code ?? "");
  const [title, setTitle] = useState(role?.title ?? "");
  const [chosen, setChosen] = useState<string[]>(role?.scopes ?? []);
  const [decides, setDecides] = useState((role?.roles ?? []).join(", "));
  const [divisions, setDivisions] = useState((role?.divisions ?? []).join(", "));
  const narrowed = list(divisions);
  return (
    <Reasoned
      label={role === undefined ? t.addRole : t.changeRole}
      means={t.roleMeans}
      done={t.roleDone}
      stale={peopleKey}
      {...(role === undefined ? { variant: "filled", size: "sm" } : {})}
      wordless
      ready={code.trim() !== "" && title.trim() !== ""}
      run={() =>
        told(
          api.PUT("/v1/roles/{code}", {
            params: { path: { code: code.trim() } },
            body: {
              title: title.trim(),
              scopes: chosen,
              roles: list(decides),
              divisions: narrowed.length === 0 ? null : narrowed,
            },
          }),
        )
      }
    >
      {role === undefined && (
        <TextInput label={t.code} required maxLength={60} value={code} onChange={(e) => setCode(e.currentTarget.value)} />
      )}
      <TextInput label={t.called} required maxLength={120} value={title} onChange={(e) => setTitle(e.currentTarget.value)} />
      <TextInput
        label={t.decides}
        description={t.decidesHint}
        value={decides}
        onChange={(e) => setDecides(e.currentTarget.value)}
      />
      <TextInput
        label={t.divisions}
        description={t.divisionsHint}
        value={divisions}
        onChange={(e) => setDivisions(e.currentTarget.value)}
      />
      <Checkbox.Group label={t.scopes} value={chosen} onChange={setChosen}>
        <ScrollArea.Autosize mah={260} type="auto" mt="xs" viewportProps={{ tabIndex: 0, "aria-label": t.scopes }}>
          <Stack gap={8}>
            {Object.entries(all).map(([scope, says]) => (
              <Checkbox key={scope} value={scope} label={scope} description={says} />
            ))}
          </Stack>
        </ScrollArea.Autosize>
      </Checkbox.Group>
      <Text size="xs" c="dimmed">
        {t.rights(chosen.length)}
      </Text>
    </Reasoned>
  );
}
