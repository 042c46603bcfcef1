/** A deed that wants a reason: a button, a dialog that says what will happen, and what came of it. */
import { Button, Group, Modal, Stack, Text, Textarea, type ButtonProps } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useMutation, useQueryClient, type QueryKey } from "@tanstack/react-query";
import { useState, type ReactNode } from "react";

import { Failure } from "./Failure";
import { tell } from "./told";
import { useWords } from "./words";

interface Props extends Pick<ButtonProps, "variant" | "color" | "size" | "leftSection"> {
  /** What is done, as the button says it. */
  label: string;
  /** What it means, said before it is done. */
  means: ReactNode;
  /** What is said once it is done. */
  done: string;
  /** Does it; whatever it throws is shown, and the dialog stays. */
  run: (reason: string) => Promise<unknown>;
  /** What is not up to date any more afterwards. */
  stale: QueryKey;
  /** Whether it can be done without a word. */
  wordless?: boolean;
  /** Further fields of the dialog, and whether they are filled in. */
  children?: ReactNode;
  ready?: boolean;
  /** Whether the button is there; a dialog that is open stays, so that a refusal can be read. */
  offered?: boolean;
}

export function Reasoned(props: Props) {
  const { label, means, done, run, stale, wordless = false, children, ready = true, offered = true, ...looks } = props;
  const t = useWords();
  const client = useQueryClient();
  const [opened, { open, close }] = useDisclosure(false);
  const [reason, setReason] = useState("");
  const deed = useMutation({
    mutationFn: () => run(reason.trim()),
    onSuccess: () => {
      tell(done);
      setReason("");
      close();
    },
    onSettled: () => client.invalidateQueries({ queryKey: stale }),
  });
  const fit = ready && (wordless || reason.trim() !== "");
  return (
    <>
      {offered && (
        <Button
          variant="default"
          size="xs"
          {...looks}
          onClick={() => {
            deed.reset();
            open();
          }}
        >
          {label}
        </Button>
      )}
      <Modal opened={opened} onClose={close} title={label} centered>
        <form
          onSubmit={(event) => {
            event.preventDefault();
            if (fit && !deed.isPending) deed.mutate();
          }}
        >
          <Stack>
            <Text component="div" size="sm">
              {means}
            </Text>
            {children}
            {!wordless && (
              <Textarea
                label={t.reason}
                required
                autosize
                minRows={2}
                maxLength={200}
                data-autofocus
                value={reason}
                onChange={(event) => setReason(event.currentTarget.value)}
              />
            )}
            {deed.isError && <Failure error={deed.error} />}
            <Group justify="flex-end">
              <Button variant="default" onClick={close}>
                {t.back}
              </Button>
              <Button type="submit" color={looks.color ?? "pine"} loading={deed.isPending} disabled={!fit}>
                {label}
              </Button>
            </Group>
          </Stack>
        </form>
      </Modal>
    </>
  );
}
