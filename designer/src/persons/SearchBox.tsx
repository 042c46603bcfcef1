/** The search box: persons, accounts and premises by whatever is at hand. */
import { Badge, Combobox, Group, Loader, Stack, Text, TextInput, useCombobox } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { IconHome, IconReceipt, IconSearch, IconUser } from "@tabler/icons-react";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useEffect, useRef, useState } from "react";

import { searchFor, type Hit } from "./queries";
import classes from "./SearchBox.module.css";
import { useSearchWords } from "./searchWords";

const ICONS = { person: IconUser, account: IconReceipt, premise: IconHome };
const PAGES = { person: "/persons/$key", account: "/accounts/$key", premise: "/premises/$key" } as const;

interface Props {
  /** What is to happen once one has gone somewhere. */
  onGone?: () => void;
  autoFocus?: boolean;
}

export function SearchBox({ onGone, autoFocus = false }: Props) {
  const t = useSearchWords();
  const navigate = useNavigate();
  const input = useRef<HTMLInputElement>(null);
  const [typed, setTyped] = useState("");
  const [wanted] = useDebouncedValue(typed.trim(), 180);
  const query = useQuery({ ...searchFor(wanted), placeholderData: keepPreviousData });
  const list = useCombobox({ onDropdownClose: () => list.resetSelectedOption() });
  const hits = wanted.length > 1 ? (query.data?.items ?? []) : [];
  useSearchKeys(() => input.current?.focus());
  const go = (which: string) => {
    const hit = hits.find(({ id }) => id === which);
    if (hit === undefined) return;
    list.closeDropdown();
    setTyped("");
    input.current?.blur();
    onGone?.();
    void navigate({ to: PAGES[hit.kind], params: { key: hit.key } });
  };
  return (
    <Combobox store={list} onOptionSubmit={go} width="target" shadow="lg" withinPortal={false}>
      <Combobox.Target withExpandedAttribute>
        <TextInput
          ref={input}
          role="combobox"
          aria-label={t.label}
          placeholder={t.placeholder}
          leftSection={query.isFetching ? <Loader size={14} /> : <IconSearch size={16} />}
          rightSection={<kbd className={classes.key}>/</kbd>}
          value={typed}
          maxLength={100}
          autoComplete="off"
          data-autofocus={autoFocus || undefined}
          className={classes.box}
          onChange={(event) => {
            setTyped(event.currentTarget.value);
            list.openDropdown();
            list.resetSelectedOption();
          }}
          onFocus={() => {
            if (typed !== "") list.openDropdown();
          }}
          onBlur={() => list.closeDropdown()}
          onKeyDown={(event) => {
            if (event.key === "Enter" && list.getSelectedOptionIndex() < 0) list.selectFirstOption();
            if (event.key === "Escape") input.current?.blur();
          }}
        />
      </Combobox.Target>
      <Combobox.Dropdown hidden={wanted.length < 2}>
        <Combobox.Options aria-label={t.found} mah={480} className={classes.options}>
          {hits.map((hit) => (
            <Combobox.Option key={hit.id} value={hit.id}>
              <Found hit={hit} />
            </Combobox.Option>
          ))}
          {hits.length === 0 && <Combobox.Empty>{said(query.isError, query.isFetching, t)}</Combobox.Empty>}
        </Combobox.Options>
        {query.data?.more === true && hits.length > 0 && <Combobox.Footer>{t.more}</Combobox.Footer>}
      </Combobox.Dropdown>
    </Combobox>
  );
}

function said(failed: boolean, waiting: boolean, t: ReturnType<typeof useSearchWords>): string {
  if (failed) return t.failed;
  return waiting ? t.searching : t.nothing;
}

function Found({ hit }: { hit: Hit }) {
  const t = useSearchWords();
  const Icon = ICONS[hit.kind];
  const near = hit.near.slice(0, 2).map(({ title, key }) => title || key);
  const fields = hit.matched.map((each) => t[each as "name"]).join(", ");
  return (
    <Group gap="sm" wrap="nowrap" align="flex-start">
      <Icon size={18} stroke={1.7} className={classes.icon} aria-label={t[hit.kind]} />
      <Stack gap={0} miw={0}>
        <Group gap={6}>
          <Text size="sm" fw={600} className={classes.title}>
            {hit.title || hit.key}
          </Text>
          {hit.restricted && <Badge size="xs" color="red">{t.restricted}</Badge>}
          {hit.deceased && <Badge size="xs" color="dark">{t.deceased}</Badge>}
          {hit.vip && <Badge size="xs" color="violet">{t.vip}</Badge>}
          {hit.needs.map((need) => (
            <Badge key={need} size="xs" color="orange">
              {need}
            </Badge>
          ))}
        </Group>
        <Text size="xs" c="dimmed" className={classes.title}>
          {[hit.key, ...near].join(" · ")}
        </Text>
        {fields !== "" && (
          <Text size="xs" c="dimmed">
            {t.matched(fields)}
          </Text>
        )}
      </Stack>
    </Group>
  );
}

/** Ctrl+K wherever one is, but where a page has that key itself; the slash where nobody writes. */
function useSearchKeys(focus: () => void): void {
  const latest = useRef(focus);
  useEffect(() => {
    latest.current = focus;
  });
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.altKey) return;
      const { target } = event;
      const writes = target instanceof Element && target.closest("input, textarea, select, [contenteditable]") !== null;
      const isCommand = (event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k";
      if (!isCommand && (event.key !== "/" || event.ctrlKey || event.metaKey || writes)) return;
      event.preventDefault();
      latest.current();
    };
    // On the window: a page that listens on the document comes first.
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, []);
}
