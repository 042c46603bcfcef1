/** The inbox: what waits for me, for my roles, and for everybody. */
import { Button, Group, Kbd, Select, Stack, Switch, Tabs, Text } from "@mantine/core";
import { IconPlayerPlay } from "@tabler/icons-react";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { useState } from "react";

import { titlesOf } from "@/ui/titles";
import { useKeys } from "@/lib/keys";
import { useMay, useMe } from "@/signin/queries";
import { Empty } from "@/ui/Empty";
import { Failure } from "@/ui/Failure";
import { Page } from "@/ui/Page";
import { Waiting } from "@/ui/Asked";

import { Bulk } from "./Bulk";
import { useNext } from "./deeds";
import { InboxTable } from "./InboxTable";
import { countOf, hasQueue, TABS, todosIn, type Shown, type Tab } from "./queries";
import { useWords } from "./words";

const route = getRouteApi("/todos");

export function InboxPage() {
  const t = useWords();
  const next = useNext();
  const search = route.useSearch();
  const shown: Shown = { ...search, tab: search.tab ?? "mine" };
  const navigate = route.useNavigate();
  const show = (change: Partial<Shown>) =>
    void navigate({ search: (now) => ({ ...now, ...change }), replace: true });
  useKeys({ n: () => next.mutate() });
  return (
    <Page
      title={t.title}
      hint={t.hint}
      actions={
        <Button
          leftSection={<IconPlayerPlay size={16} />}
          rightSection={<Kbd size="xs">N</Kbd>}
          loading={next.isPending}
          onClick={() => next.mutate()}
        >
          {t.next}
        </Button>
      }
    >
      <Tabs
        value={shown.tab}
        onChange={(tab) => show({ tab: (tab ?? "mine") as Tab, closed: undefined })}
        keepMounted={false}
      >
        <Tabs.List aria-label={t.tabs} mb="md">
          {TABS.map((tab) => (
            <Tabs.Tab key={tab} value={tab} rightSection={<Count shown={{ tab }} />}>
              {t[tab]}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        {TABS.map((tab) => (
          <Tabs.Panel key={tab} value={tab}>
            <Stack>
              <Filters shown={shown} show={show} />
              <List key={JSON.stringify(shown)} shown={shown} />
            </Stack>
          </Tabs.Panel>
        ))}
      </Tabs>
    </Page>
  );
}

function Count({ shown }: { shown: Shown }) {
  const me = useMe();
  const { data } = useQuery(countOf(shown, me));
  return data === undefined ? null : (
    <Text span size="xs" c="dimmed" fw={600}>
      {data}
    </Text>
  );
}

function Filters({ shown, show }: { shown: Shown; show: (change: Partial<Shown>) => void }) {
  const t = useWords();
  const { roles } = useMe();
  const titles = useQuery(titlesOf("to-do-type"));
  const known = Object.entries(titles.data ?? {}).map(([value, label]) => ({ value, label }));
  return (
    <Group gap="sm">
      <Select
        aria-label={t.sla}
        placeholder={t.slaAll}
        clearable
        w={180}
        data={(["breached", "at_risk", "ok"] as const).map((value) => ({ value, label: t[value] }))}
        value={shown.sla ?? null}
        onChange={(sla) => show({ sla: (sla ?? undefined) as Shown["sla"] })}
      />
      <Select
        aria-label={t.type}
        placeholder={t.typeAll}
        clearable
        searchable
        w={260}
        data={known}
        value={shown.type ?? null}
        onChange={(type) => show({ type: type ?? undefined })}
      />
      {roles.length > 1 && (
        <Select
          aria-label={t.role}
          placeholder={t.roleAll}
          clearable
          w={180}
          data={roles}
          value={shown.role ?? null}
          onChange={(role) => show({ role: role ?? undefined })}
        />
      )}
      {shown.tab !== "queue" && (
        <Switch
          label={t.closed}
          checked={shown.closed === true}
          onChange={(event) => show({ closed: event.currentTarget.checked || undefined })}
        />
      )}
    </Group>
  );
}

const NONE = {
  mine: ["noneMine", "noneMineHint"],
  queue: ["noneQueue", "noneQueueHint"],
  all: ["noneAll", "noneAllHint"],
} as const;

function List({ shown }: { shown: Shown }) {
  const t = useWords();
  const me = useMe();
  const may = useMay();
  const query = useInfiniteQuery(todosIn(shown, me));
  const [chosen, choose] = useState<ReadonlySet<string>>(new Set());
  if (!hasQueue(shown, me)) return <Empty title={t.noRoles}>{t.noRolesHint}</Empty>;
  if (query.data === undefined) {
    return query.isError ? <Failure error={query.error} again={() => void query.refetch()} /> : <Waiting />;
  }
  const todos = query.data.pages.flatMap((page) => page.items);
  const [title, hint] = NONE[shown.tab];
  if (todos.length === 0) return <Empty title={t[title]}>{t[hint]}</Empty>;
  const manages = may("todo:manage") && shown.closed !== true;
  const there = todos.filter(({ id }) => chosen.has(id));
  return (
    <Stack>
      {manages && there.length > 0 && <Bulk todos={there} onDone={() => choose(new Set())} />}
      <InboxTable todos={todos} chosen={manages ? chosen : undefined} onChoose={choose} />
      {query.hasNextPage && (
        <Button
          variant="default"
          mx="auto"
          loading={query.isFetchingNextPage}
          onClick={() => void query.fetchNextPage()}
        >
          {t.more}
        </Button>
      )}
    </Stack>
  );
}
