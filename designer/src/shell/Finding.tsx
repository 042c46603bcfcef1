/** The search box in the header; on a narrow screen behind a button. */
import { ActionIcon, Box, Modal } from "@mantine/core";
import { useDisclosure, useMediaQuery } from "@mantine/hooks";
import { IconSearch } from "@tabler/icons-react";
import { lazy, Suspense } from "react";

import { useWords } from "./words";

const SearchBox = lazy(async () => ({ default: (await import("@/persons/SearchBox")).SearchBox }));

export function Finding() {
  const t = useWords();
  const wide = useMediaQuery("(min-width: 48em)");
  const [opened, { open, close }] = useDisclosure(false);
  if (wide) {
    return (
      <Box flex={1} maw={460} role="search">
        <Suspense>
          <SearchBox />
        </Suspense>
      </Box>
    );
  }
  return (
    <>
      <ActionIcon variant="subtle" color="gray" size="lg" ml="auto" aria-label={t.find} onClick={open}>
        <IconSearch size={20} stroke={1.7} />
      </ActionIcon>
      <Modal opened={opened} onClose={close} title={t.find} yOffset="1rem">
        <Suspense>
          <SearchBox autoFocus onGone={close} />
        </Suspense>
      </Modal>
    </>
  );
}
