/** What stands around every page: menu, language, colours, the way out. */
import { AppShell, Burger, Group, NavLink, ScrollArea } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { Link, Outlet, useRouterState } from "@tanstack/react-router";

import { useMay } from "@/signin/queries";

import { Controls } from "./Controls";
import { Finding } from "./Finding";
import { Mark } from "./Mark";
import { PLACES, type Place } from "./places";
import classes from "./Shell.module.css";
import { useWords } from "./words";

export function Shell() {
  const t = useWords();
  const [open, { toggle, close }] = useDisclosure(false);
  const may = useMay();
  const path = useRouterState({ select: (state) => state.location.pathname });
  const here = ({ to, exact }: Place) => (exact === true ? path === to : path.startsWith(to));
  const allowed = PLACES.filter(({ scope }) => scope === undefined || may(scope));
  const sections = Map.groupBy(allowed, ({ section }) => section);
  return (
    <AppShell
      header={{ height: 56 }}
      navbar={{ width: 220, breakpoint: "sm", collapsed: { mobile: !open } }}
    >
      <a className={classes.skip} href="#content">
        {t.skip}
      </a>
      <AppShell.Header className={classes.header}>
        <Group h="100%" px="md" justify="space-between" wrap="nowrap">
          <Group gap="sm" wrap="nowrap">
            <Burger opened={open} onClick={toggle} hiddenFrom="sm" size="sm" aria-label={t.menu} />
            <Link to="/" className={classes.home} onClick={close}>
              <Mark />
            </Link>
          </Group>
          {may("party:read") && <Finding />}
          <Controls />
        </Group>
      </AppShell.Header>
      <AppShell.Navbar p="sm" aria-label={t.menu}>
        <ScrollArea>
          {[...sections].map(([section, places]) => (
            <div key={section ?? "first"}>
              {section !== undefined && <p className={classes.section}>{t[section]}</p>}
              {places.map((place) => (
                <NavLink
                  key={place.to}
                  renderRoot={(props) => <Link to={place.to} {...props} />}
                  label={t[place.name]}
                  leftSection={<place.icon size={18} stroke={1.7} />}
                  active={here(place)}
                  aria-current={here(place) ? "page" : undefined}
                  onClick={close}
                  className={classes.place}
                />
              ))}
            </div>
          ))}
        </ScrollArea>
      </AppShell.Navbar>
      <AppShell.Main id="content" tabIndex={-1}>
        <Outlet />
      </AppShell.Main>
    </AppShell>
  );
}
