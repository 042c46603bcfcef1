/** Somebody else saved meanwhile: see both, and choose; neither is lost. */
import { Alert, Button, Group, Modal, Stack, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { lazy, Suspense } from "react";

import type { Folder } from "@/process/folder";
import type { Manuscript } from "@/process/manuscript";
import { Asked, Waiting } from "@/ui/Asked";
import { tellFailure } from "@/ui/told";

import { beginningOf, type Beginning } from "./queries";
import type { useDraft } from "./useDraft";
import { useWords } from "./words";

const Difference = lazy(() => import("@/process/text/LazyDifference"));

interface Props {
  editor: string;
  digest: string;
  beginning: Beginning;
  manuscript: Manuscript;
  folder: Folder;
  draft: ReturnType<typeof useDraft>;
}

export function Overtaken({ editor, digest, beginning, manuscript, folder, draft }: Props) {
  const t = useWords();
  const [opened, { open, close }] = useDisclosure(false);
  const theirs = useQuery({
    ...beginningOf(beginning.code),
    queryKey: ["drafts", beginning.code, "theirs", digest],
    enabled: opened,
  });
  const done = () => {
    draft.adopt(digest);
    draft.save.reset();
    close();
  };
  return (
    <Alert radius={0} color="orange" py={8} role="alert">
      <Group justify="space-between">
        <Text size="sm">
          {t.overtaken(editor)} {t.overtakenHint}
        </Text>
        <Button size="xs" variant="default" onClick={open}>
          {t.compare}
        </Button>
      </Group>
      <Modal opened={opened} onClose={close} title={t.compare} size="90%">
        <Asked query={theirs}>
          {({ source, beside }) => (
            <Stack>
              <Group justify="space-between">
                <Text fw={600}>{t.theirs}</Text>
                <Text fw={600}>{t.mine}</Text>
              </Group>
              <Suspense fallback={<Waiting />}>
                <Difference before={source} after={manuscript.source} />
              </Suspense>
              <Group justify="flex-end">
                <Button
                  variant="default"
                  title={t.takeTheirsHint}
                  onClick={() => {
                    manuscript.replace(source);
                    manuscript.keep(source);
                    folder.replace(beside);
                    folder.keep(beside);
                    done();
                  }}
                >
                  {t.takeTheirs}
                </Button>
                <Button
                  loading={draft.save.isPending}
                  onClick={() =>
                    draft.save.mutate(`"${digest}"`, { onSuccess: close, onError: (error) => tellFailure(error) })
                  }
                >
                  {t.keepMine}
                </Button>
              </Group>
            </Stack>
          )}
        </Asked>
      </Modal>
    </Alert>
  );
}
