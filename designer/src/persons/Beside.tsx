/** One contact or communication, beside the timeline it was opened from. */
import { Drawer } from "@mantine/core";
import { lazy, Suspense } from "react";

import { Waiting } from "@/ui/Asked";

import type { Opened } from "./Timeline";
import { useWords } from "./words";

const CommunicationView = lazy(() => import("@/communications/CommunicationView"));
const ContactView = lazy(() => import("@/contacts/ContactView"));

export function Beside({ opened, close }: { opened: Opened | null; close: () => void }) {
  const t = useWords();
  return (
    <Drawer
      opened={opened !== null}
      onClose={close}
      position="right"
      size="xl"
      title={opened === null ? undefined : t[`one_${opened.kind}`]}
      closeButtonProps={{ "aria-label": t.close }}
    >
      <Suspense fallback={<Waiting />}>
        {opened?.kind === "communication" && <CommunicationView id={opened.id} />}
        {opened?.kind === "contact" && <ContactView id={opened.id} />}
      </Suspense>
    </Drawer>
  );
}
