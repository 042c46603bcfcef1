/** A button that asks for a few words before it does something. */
import { Button, Group, Modal, Stack, type ButtonProps } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import type { FormEvent, ReactNode } from "react";

import { Failure } from "@/ui/Failure";
import { useWords as useCommonWords } from "@/ui/words";

interface Props extends Pick<ButtonProps, "variant" | "color" | "size" | "leftSection"> {
  label: string;
  title?: string;
  children: ReactNode;
  /** Whether enough was said. */
  ready: boolean;
  pending: boolean;
  error: unknown;
  /** Does it; closes the dialog by calling back where it went well. */
  go: (done: () => void) => void;
  forget: () => void;
}

export function Ask({ label, title, children, ready, pending, error, go, forget, ...looks }: Props) {
  const { cancel } = useCommonWords();
  const [opened, { open, close }] = useDisclosure(false);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (ready && !pending) go(close);
  };
  return (
    <>
      <Button
        variant="default"
        size="sm"
        {...looks}
        onClick={() => {
          forget();
          open();
        }}
      >
        {label}
      </Button>
      <Modal opened={opened} onClose={close} title={title ?? label} centered>
        <form onSubmit={submit}>
          <Stack>
            {children}
            {error !== null && <Failure error={error} />}
            <Group justify="flex-end">
              <Button variant="default" onClick={close}>
                {cancel}
              </Button>
              <Button type="submit" color={looks.color ?? "pine"} loading={pending} disabled={!ready}>
                {label}
              </Button>
            </Group>
          </Stack>
        </form>
      </Modal>
    </>
  );
}
