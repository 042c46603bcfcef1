/** The three views of events; each has an address of its own. */
import { Tabs } from "@mantine/core";
import { useNavigate } from "@tanstack/react-router";
import type { ReactNode } from "react";

import { Page } from "@/ui/Page";

import { useWords } from "./words";

const VIEWS = { all: "/events", unmapped: "/events/unmapped", triggers: "/events/triggers" } as const;

export function EventTabs({ view, children }: { view: keyof typeof VIEWS; children: ReactNode }) {
  const t = useWords();
  const navigate = useNavigate();
  return (
    <Page title={t.title} hint={t.hint}>
      <Tabs
        value={view}
        keepMounted={false}
        onChange={(next) => void navigate({ to: VIEWS[next as keyof typeof VIEWS], search: {} })}
      >
        <Tabs.List mb="md">
          {(Object.keys(VIEWS) as (keyof typeof VIEWS)[]).map((each) => (
            <Tabs.Tab key={each} value={each}>
              {t[each]}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        {(Object.keys(VIEWS) as (keyof typeof VIEWS)[]).map((each) => (
          <Tabs.Panel key={each} value={each}>
            {each === view && children}
          </Tabs.Panel>
        ))}
      </Tabs>
    </Page>
  );
}
