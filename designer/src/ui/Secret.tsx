/** Something secret that is shown this once: to be copied, and gone when the dialog closes. */
import { Alert, Button, Code, CopyButton, Group, Modal, Stack, Text } from "@mantine/core";
import { IconCopy, IconKey } from "@tabler/icons-react";
import type { ReactNode } from "react";

import { useWords } from "./words";

interface Props {
  title: string;
  hint: string;
  /** The secret; nothing is shown while there is none. */
  secret: string | null;
  children?: ReactNode;
  onClose: () => void;
}

export function Secret({ title, hint, secret, children, onClose }: Props) {
  const t = useWords();
  return (
    <Modal opened={secret !== null} onClose={onClose} title={title} centered closeOnClickOutside={false}>
      <Stack>
        <Alert color="orange" icon={<IconKey />}>
          {hint}
        </Alert>
        <Group wrap="nowrap" gap="xs">
          <Code fz="md" p="sm" flex={1} style={{ overflowWrap: "anywhere" }} data-testid="secret">
            {secret}
          </Code>
          <CopyButton value={secret ?? ""}>
            {({ copied, copy }) => (
              <Button variant="default" leftSection={<IconCopy size={14} />} onClick={copy}>
                {copied ? t.copied : t.copy}
              </Button>
            )}
          </CopyButton>
        </Group>
        {children !== undefined && (
          <Text size="sm" c="dimmed" component="div">
            {children}
          </Text>
        )}
        <Group justify="flex-end">
          <Button onClick={onClose}>{t.understood}</Button>
        </Group>
      </Stack>
    </Modal>
  );
}
