/** One definition: its versions, what can be done with each, and who relies on it. */
import { Alert, Anchor, Button, Group, Stack, Tabs, Text } from "@mantine/core";
import { IconPencil } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";

import { useMay } from "@/signin/queries";
import { Asked } from "@/ui/Asked";
import { Empty } from "@/ui/Empty";
import { Page } from "@/ui/Page";

import { MoveButton } from "./MoveButton";
import { usePageWords } from "./pageWords";
import { Picture } from "./Picture";
import { definitionOf, reviewsWaiting, useOf, versionsOf, type Definition } from "./queries";
import type { Tab } from "./routes";
import { Standing } from "./Standing";
import { StateBadge } from "./StateBadge";
import { Versions } from "./Versions";
import { useWords, wordFor } from "./words";

const route = getRouteApi("/definitions/$code");

export function DefinitionPage() {
  const t = usePageWords();
  const kinds = useWords();
  const may = useMay();
  const { code } = route.useParams();
  const { tab } = route.useSearch();
  const navigate = route.useNavigate();
  const definition = useQuery(definitionOf(code));
  const versions = useQuery(versionsOf(code));
  const open = versions.data?.find((each) => ["draft", "in_review"].includes(each.state));
  const shown = definition.data;
  return (
    <Page
      title={shown?.title ?? code}
      hint={
        <Group gap="xs">
          <Text span ff="monospace" size="sm">
            {code}
          </Text>
          {shown && <span>· {wordFor(kinds, shown.kind)}</span>}
          {shown?.live && <StateBadge state={shown.state} version={shown.version} />}
          {open && <StateBadge state={open.state} version={open.version} />}
        </Group>
      }
      actions={
        <Button
          leftSection={<IconPencil size={16} />}
          renderRoot={(props) => <Link to="/definitions/$code/draft" params={{ code }} {...props} />}
        >
          {open?.state === "in_review" || !may("definition:write") ? t.look : open ? t.continue : t.edit}
        </Button>
      }
    >
      {shown?.held_by && <Alert color="orange">{t.held(shown.held_by)}</Alert>}
      <Asked query={versions}>
        {(rows) => (
          <Stack gap="lg">
            {rows.filter(isOnItsWay).map((row) => (
              <OnItsWay key={row.version} row={row} />
            ))}
            <Tabs value={tab ?? "versions"} onChange={(next) => void navigate({ search: { tab: next as Tab }, replace: true })} keepMounted={false}>
              <Tabs.List mb="md">
                <Tabs.Tab value="versions">{t.versions}</Tabs.Tab>
                {rows[0]?.kind === "process" && <Tabs.Tab value="picture">{t.picture}</Tabs.Tab>}
                <Tabs.Tab value="usedBy">{t.usedBy}</Tabs.Tab>
              </Tabs.List>
              <Tabs.Panel value="versions">
                <Versions code={code} rows={rows} />
              </Tabs.Panel>
              <Tabs.Panel value="picture">{shown && <Picture code={code} number={shown.version} />}</Tabs.Panel>
              <Tabs.Panel value="usedBy">
                <UsedBy code={code} />
              </Tabs.Panel>
            </Tabs>
          </Stack>
        )}
      </Asked>
    </Page>
  );
}

function isOnItsWay({ state }: Definition): boolean {
  return ["in_review", "approved", "scheduled"].includes(state);
}

/** A version between its author and its being in force. */
function OnItsWay({ row }: { row: Definition }) {
  const may = useMay();
  const reviews = useQuery({ ...reviewsWaiting, enabled: row.state === "in_review" });
  const yours = reviews.data?.some((each) => each.code === row.code && each.version === row.version && each.yours);
  return (
    <Standing row={row}>
      {row.state === "in_review" && (
        <>
          {yours === true && (
            <>
              <MoveButton version={row} deed="approve" size="xs" />
              <MoveButton version={row} deed="reject" size="xs" variant="default" color="red" />
            </>
          )}
          {may("definition:write") && <MoveButton version={row} deed="withdraw" size="xs" variant="default" />}
        </>
      )}
      {row.state === "approved" && may("definition:write") && (
        <MoveButton version={row} deed="publish" size="xs">
          <Impact code={row.code} />
        </MoveButton>
      )}
      {row.state === "scheduled" && may("definition:write") && <MoveButton version={row} deed="unschedule" size="xs" variant="default" />}
    </Standing>
  );
}

/** What publishing means for what runs already, and for who relies on it. */
function Impact({ code }: { code: string }) {
  const t = usePageWords();
  const query = useQuery(useOf(code));
  return (
    <Asked query={query}>
      {({ used_by: users, in_flight: flying }) => {
        const busy = Object.entries(flying).filter(([, count]) => count > 0);
        return (
          <Alert color="blue" variant="light">
            {busy.length === 0 && <Text size="sm">{t.noImpact}</Text>}
            {busy.map(([version, count]) => (
              <Text key={version} size="sm">
                {t.impact(count, Number(version))}
              </Text>
            ))}
            {users.length > 0 && <Text size="sm">{t.relies(users.map((each) => each.code).join(", "))}</Text>}
          </Alert>
        );
      }}
    </Asked>
  );
}

function UsedBy({ code }: { code: string }) {
  const t = usePageWords();
  const kinds = useWords();
  const query = useQuery(useOf(code));
  return (
    <Asked query={query}>
      {({ used_by: users }) =>
        users.length === 0 ? (
          <Empty title={t.nobody}>{t.nobodyHint}</Empty>
        ) : (
          <Stack gap="xs">
            {users.map((user) => (
              <Group key={`${user.code}:${user.version}`} gap="sm">
                <Anchor
                  renderRoot={(props) => <Link to="/definitions/$code" params={{ code: user.code }} {...props} />}
                >
                  {user.code}
                </Anchor>
                <Text size="sm" c="dimmed">
                  {wordFor(kinds, user.kind)} · {t.underWay}: {user.in_flight}
                </Text>
                <StateBadge state={user.state} version={user.version} />
              </Group>
            ))}
          </Stack>
        )
      }
    </Asked>
  );
}
