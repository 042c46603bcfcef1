/** The four views of people; each has an address of its own. */
import { Tabs } from "@mantine/core";
import { useNavigate } from "@tanstack/react-router";
import type { ReactNode } from "react";

import { Page } from "@/ui/Page";

import { useWords } from "./words";

const VIEWS = {
  users: "/people",
  roles: "/people/roles",
  groups: "/people/groups",
  sessions: "/people/sessions",
} as const;

interface Props {
  view: keyof typeof VIEWS;
  actions?: ReactNode;
  children: ReactNode;
}

export function PeopleTabs({ view, actions, children }: Props) {
  const t = useWords();
  const navigate = useNavigate();
  const views = Object.keys(VIEWS) as (keyof typeof VIEWS)[];
  return (
    <Page title={t.title} hint={t.hint} actions={actions}>
      <Tabs
        value={view}
        keepMounted={false}
        onChange={(next) => void navigate({ to: VIEWS[next as keyof typeof VIEWS] })}
      >
        <Tabs.List mb="md">
          {views.map((each) => (
            <Tabs.Tab key={each} value={each}>
              {t[each]}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        {views.map((each) => (
          <Tabs.Panel key={each} value={each}>
            {each === view && children}
          </Tabs.Panel>
        ))}
      </Tabs>
    </Page>
  );
}
