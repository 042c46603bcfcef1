/** Hand a draft over to those who approve. */
import { Button, Group, Modal, Stack, Text, Textarea } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import type { UseMutationResult } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState, type ReactNode } from "react";

import { Failure } from "@/ui/Failure";
import { tell } from "@/ui/told";
import { useWords as useCommonWords } from "@/ui/words";

import type { Version } from "./queries";
import { useWords } from "./words";

interface Props {
  code: string;
  icon: ReactNode;
  disabled: boolean;
  submit: UseMutationResult<Version, Error, string>;
}

export function SubmitButton({ code, icon, disabled, submit }: Props) {
  const t = useWords();
  const { cancel } = useCommonWords();
  const navigate = useNavigate();
  const [opened, { open, close }] = useDisclosure(false);
  const [note, setNote] = useState("");
  const go = () =>
    submit.mutate(note, {
      onSuccess: () => {
        tell(t.submitted);
        close();
        void navigate({ to: "/definitions/$code", params: { code } });
      },
    });
  return (
    <>
      <Button size="xs" leftSection={icon} disabled={disabled} onClick={open}>
        {t.submit}
      </Button>
      <Modal opened={opened} onClose={close} title={t.submitTitle} centered>
        <Stack>
          <Text size="sm" c="dimmed">
            {t.submitHint}
          </Text>
          <Textarea label={t.note} value={note} maxLength={500} autosize minRows={3} data-autofocus onChange={(e) => setNote(e.currentTarget.value)} />
          {submit.isError && <Failure error={submit.error} />}
          <Group justify="flex-end">
            <Button variant="default" onClick={close}>
              {cancel}
            </Button>
            <Button loading={submit.isPending} onClick={go}>
              {t.submit}
            </Button>
          </Group>
        </Stack>
      </Modal>
    </>
  );
}
