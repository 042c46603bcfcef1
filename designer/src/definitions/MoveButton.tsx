/** A deed on a version: a button, what to say with it, and what came of it. */
import { Button, Group, Modal, Stack, Textarea, TextInput, type ButtonProps } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useState, type ReactNode } from "react";

import { Failure } from "@/ui/Failure";
import { tell } from "@/ui/told";
import { useWords as useCommonWords } from "@/ui/words";

import { useMove, type Move } from "./moves";
import type { Definition } from "./queries";
import { useMoveWords } from "./moveWords";

interface Props extends Pick<ButtonProps, "variant" | "color" | "size"> {
  version: Definition;
  deed: Move["do"];
  children?: ReactNode;
}

const REASONED = new Set<Move["do"]>(["withdraw", "unschedule", "rollback", "reject"]);

export function MoveButton({ version, deed, children, ...looks }: Props) {
  const t = useMoveWords();
  const { cancel } = useCommonWords();
  const [opened, { open, close }] = useDisclosure(false);
  const [said, setSaid] = useState("");
  const [at, setAt] = useState("");
  // The button may be gone by then: what was done to a version decides what can be done next.
  const move = useMove(version.code, version.version, () => {
    tell(t[`${deed}_done`]);
    close();
  });
  const go = () => move.mutate(filled(deed, said.trim(), at));
  const asks = deed !== "publish";
  return (
    <>
      <Button {...looks} onClick={open}>
        {t[deed]}
      </Button>
      <Modal opened={opened} onClose={close} title={t[`${deed}_title`](version.version)} centered size="lg">
        <Stack>
          {children}
          {asks && (
            <Textarea
              label={REASONED.has(deed) ? t.reason : t.comment}
              required={REASONED.has(deed)}
              value={said}
              maxLength={500}
              autosize
              minRows={2}
              data-autofocus
              onChange={(event) => setSaid(event.currentTarget.value)}
            />
          )}
          {deed === "publish" && (
            <TextInput
              type="datetime-local"
              label={t.from}
              description={t.fromHint}
              value={at}
              onChange={(event) => setAt(event.currentTarget.value)}
            />
          )}
          {move.isError && <Failure error={move.error} />}
          <Group justify="flex-end">
            <Button variant="default" onClick={close}>
              {cancel}
            </Button>
            <Button
              color={looks.color ?? "pine"}
              loading={move.isPending}
              disabled={REASONED.has(deed) && said.trim() === ""}
              onClick={go}
            >
              {deed === "publish" && at !== "" ? t.schedule : t[deed]}
            </Button>
          </Group>
        </Stack>
      </Modal>
    </>
  );
}

function filled(deed: Move["do"], said: string, at: string): Move {
  switch (deed) {
    case "approve":
    case "reject":
      return { do: deed, comment: said };
    case "publish":
      return { do: deed, at: at === "" ? null : new Date(at).toISOString() };
    default:
      return { do: deed, reason: said };
  }
}
