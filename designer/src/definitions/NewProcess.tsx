/** Begin a process: a code, a title, and a draft with nothing but an end. */
import { Button, Modal, Stack, Text, TextInput } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconPlus } from "@tabler/icons-react";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState, type FormEvent } from "react";

import { api, told } from "@/lib/api";
import { Failure } from "@/ui/Failure";
import { scalar } from "@/yaml/writing";

import { usePageWords } from "./pageWords";
import { definitionsKey } from "./queries";

const CODE = /^[A-Z][A-Z0-9]*(-[A-Z0-9]+)*$/;

export function NewProcess() {
  const t = usePageWords();
  const navigate = useNavigate();
  const client = useQueryClient();
  const [opened, { open, close }] = useDisclosure(false);
  const [code, setCode] = useState("");
  const [title, setTitle] = useState("");
  const create = useMutation({
    mutationFn: async () => {
      const text = `kind: process\ncode: ${code}\ntitle: ${scalar(title)}\n\nsteps:\n  done:\n    do: end\n    outcome: done\n`;
      await told(
        api.PUT("/v1/definitions/{code}/draft", {
          params: { path: { code } },
          body: { files: { "process.yaml": text } },
        }),
      );
    },
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: definitionsKey });
      await navigate({ to: "/definitions/$code/draft", params: { code } });
    },
  });
  const bad = code !== "" && !CODE.test(code);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    create.mutate();
  };
  return (
    <>
      <Button leftSection={<IconPlus size={16} />} onClick={open}>
        {t.newProcess}
      </Button>
      <Modal opened={opened} onClose={close} title={t.newProcess} centered>
        <form onSubmit={submit}>
          <Stack>
            <Text size="sm" c="dimmed">
              {t.newHint}
            </Text>
            <TextInput label={t.titleLabel} required maxLength={120} value={title} data-autofocus onChange={(e) => setTitle(e.currentTarget.value)} />
            <TextInput
              label={t.code}
              description={t.codeHint}
              required
              maxLength={60}
              value={code}
              error={bad ? t.codeBad : undefined}
              onChange={(e) => setCode(e.currentTarget.value.toUpperCase())}
            />
            {create.isError && <Failure error={create.error} />}
            <Button type="submit" loading={create.isPending} disabled={bad || code === "" || title.trim() === ""}>
              {t.create}
            </Button>
          </Stack>
        </form>
      </Modal>
    </>
  );
}
