/** Give a draft up, after asking once more. */
import { Button, Group, Modal, Stack, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";

import { definitionsKey } from "@/definitions/queries";
import { Failure } from "@/ui/Failure";
import { tell } from "@/ui/told";

import { discardDraft } from "./queries";
import { forgetWork } from "./work";
import { useWords } from "./words";

export function DiscardButton({ code }: { code: string }) {
  const t = useWords();
  const navigate = useNavigate();
  const client = useQueryClient();
  const [opened, { open, close }] = useDisclosure(false);
  const discard = useMutation({
    mutationFn: () => discardDraft(code),
    onSuccess: async () => {
      forgetWork(code);
      tell(t.discarded);
      await navigate({ to: "/definitions" });
      await client.invalidateQueries({ queryKey: definitionsKey });
    },
  });
  return (
    <>
      <Button size="xs" variant="subtle" color="gray" onClick={open}>
        {t.discard}
      </Button>
      <Modal opened={opened} onClose={close} title={t.discard} centered>
        <Stack>
          <Text size="sm">{t.discardHint}</Text>
          {discard.isError && <Failure error={discard.error} />}
          <Group justify="flex-end">
            <Button variant="default" onClick={close}>
              {t.keepDraft}
            </Button>
            <Button color="red" loading={discard.isPending} onClick={() => discard.mutate()}>
              {t.discard}
            </Button>
          </Group>
        </Stack>
      </Modal>
    </>
  );
}
