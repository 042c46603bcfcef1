/** Begin a definition of any kind: a code, a title, and a draft with as little as passes. */
import { Button, Modal, Select, Stack, Text, TextInput } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconPlus } from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState, type FormEvent } from "react";

import { kindsKnown } from "@/drafts/queries";
import { api, told } from "@/lib/api";
import { Failure } from "@/ui/Failure";

import { usePageWords } from "./pageWords";
import { definitionsKey } from "./queries";
import { useWords, wordFor } from "./words";

const CODE = /^[A-Z][A-Z0-9]*(-[A-Z0-9]+)*$/;
const NAME = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;
/** Kinds that are called in small letters. */
const SMALL = ["data-service", "approval-policy"];
const ONLY = "approval-policy";

type Kind = Parameters<typeof skeletonOf>[0];

function skeletonOf(kind: "process" | "communication", code: string, title: string) {
  return told(api.GET("/v1/language/skeletons/{kind}", { params: { path: { kind }, query: { code, title } } }));
}

export function NewDefinition() {
  const t = usePageWords();
  const words = useWords();
  const navigate = useNavigate();
  const client = useQueryClient();
  const kinds = useQuery(kindsKnown);
  const [opened, { open, close }] = useDisclosure(false);
  const [kind, setKind] = useState("process");
  const [typed, setTyped] = useState("");
  const [title, setTitle] = useState("");
  const small = SMALL.includes(kind);
  const code = kind === ONLY ? ONLY : small ? typed.toLowerCase() : typed.toUpperCase();
  const create = useMutation({
    mutationFn: async () => {
      const files = await skeletonOf(kind as Kind, code, title.trim());
      await told(api.PUT("/v1/definitions/{code}/draft", { params: { path: { code } }, body: { files } }));
    },
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: definitionsKey });
      await navigate({ to: "/definitions/$code/draft", params: { code } });
    },
  });
  const bad = code !== "" && !(small ? NAME : CODE).test(code);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    create.mutate();
  };
  const chosen = kinds.data?.find((each) => each.kind === kind);
  return (
    <>
      <Button leftSection={<IconPlus size={16} />} onClick={open}>
        {t.newDefinition}
      </Button>
      <Modal opened={opened} onClose={close} title={t.newDefinition} centered>
        <form onSubmit={submit}>
          <Stack>
            <Text size="sm" c="dimmed">
              {t.newHint}
            </Text>
            <Select
              label={words.kind}
              description={chosen?.about}
              data={(kinds.data ?? []).map((each) => ({ value: each.kind, label: wordFor(words, each.kind) }))}
              value={kind}
              allowDeselect={false}
              searchable
              onChange={(next) => setKind(next ?? "process")}
            />
            <TextInput label={t.titleLabel} required maxLength={120} value={title} data-autofocus onChange={(e) => setTitle(e.currentTarget.value)} />
            {kind !== ONLY && (
              <TextInput
                label={t.code}
                description={small ? t.codeHintSmall : t.codeHint}
                required
                maxLength={60}
                value={code}
                error={bad ? (small ? t.codeBadSmall : t.codeBad) : undefined}
                onChange={(e) => setTyped(e.currentTarget.value)}
              />
            )}
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
