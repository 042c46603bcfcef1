/** Language, colours, and the way out. */
import { ActionIcon, Anchor, Group, Menu, Tooltip, useComputedColorScheme, useMantineColorScheme } from "@mantine/core";
import { IconCheck, IconLanguage, IconLogout, IconMoon, IconSun } from "@tabler/icons-react";

import { Link } from "@tanstack/react-router";

import { chooseLanguage, LANGUAGES, useLanguage, type Language } from "@/lib/words";
import { leave, useMe } from "@/signin/queries";

import { useWords } from "./words";

export function Controls() {
  const t = useWords();
  const language = useLanguage();
  const { setColorScheme } = useMantineColorScheme();
  const scheme = useComputedColorScheme("light");
  const other = scheme === "dark" ? t.light : t.dark;
  const me = useMe();
  return (
    <Group gap={4} wrap="nowrap">
      {me.kind === "user" && (
        <Anchor
          size="sm"
          c="dimmed"
          underline="hover"
          visibleFrom="md"
          mr="xs"
          title={t.absence}
          renderRoot={(props) => <Link to="/absence" {...props} />}
        >
          {me.title}
        </Anchor>
      )}
      <Menu position="bottom-end">
        <Menu.Target>
          <ActionIcon variant="subtle" color="gray" size="lg" aria-label={t.language}>
            <IconLanguage size={20} stroke={1.7} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          {(Object.keys(LANGUAGES) as Language[]).map((each) => (
            <Menu.Item
              key={each}
              lang={each}
              onClick={() => chooseLanguage(each)}
              rightSection={each === language ? <IconCheck size={16} /> : null}
            >
              {LANGUAGES[each]}
            </Menu.Item>
          ))}
        </Menu.Dropdown>
      </Menu>
      <Tooltip label={other}>
        <ActionIcon
          variant="subtle"
          color="gray"
          size="lg"
          aria-label={other}
          onClick={() => setColorScheme(scheme === "dark" ? "light" : "dark")}
        >
          {scheme === "dark" ? <IconSun size={20} stroke={1.7} /> : <IconMoon size={20} stroke={1.7} />}
        </ActionIcon>
      </Tooltip>
      <Tooltip label={t.signOut}>
        <ActionIcon variant="subtle" color="gray" size="lg" aria-label={t.signOut} onClick={() => void leave()}>
          <IconLogout size={20} stroke={1.7} />
        </ActionIcon>
      </Tooltip>
    </Group>
  );
}
