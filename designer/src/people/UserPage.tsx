/** One user: what they bear, where they are signed in, a new password. */
import { Card, Stack, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { useState } from "react";

import { Chain } from "@/audit/Chain";
import { api, told } from "@/lib/api";
import { moment } from "@/lib/times";
import { useMay } from "@/signin/queries";
import { Asked } from "@/ui/Asked";
import { Facts } from "@/ui/Facts";
import { Page } from "@/ui/Page";
import { Reasoned } from "@/ui/Reasoned";
import { Secret } from "@/ui/Secret";
import { When } from "@/ui/When";

import { peopleKey, userOf, type User } from "./queries";
import { Sessions } from "./Sessions";
import { UserForm } from "./UserForm";
import { Standing } from "./UsersPage";
import { useWords } from "./words";

const route = getRouteApi("/people/$name");

export function UserPage() {
  const t = useWords();
  const may = useMay();
  const { name } = route.useParams();
  const query = useQuery(userOf(name));
  const shown = query.data;
  return (
    <Page
      title={shown?.title ?? name}
      hint={name}
      actions={
        shown && (
          <>
            {shown.directory === null && <ResetPassword name={name} />}
            <ChangeUser key={JSON.stringify(shown)} user={shown} />
          </>
        )
      }
    >
      <Asked query={query}>
        {(user) => (
          <Card withBorder padding="lg">
            <Facts
              facts={[
                [t.state, <Standing key="state" user={user} />],
                [t.bears, user.roles.join(", ") || "–"],
                [t.inGroups, user.groups.join(", ") || "–"],
                [t.from, user.directory],
                [t.lastSignIn, user.last_sign_in_at === null ? t.never : <When at={user.last_sign_in_at} exact />],
              ]}
            />
          </Card>
        )}
      </Asked>
      <Stack gap="xs">
        <Title order={2} size="h4">
          {t.sessions}
        </Title>
        <Sessions user={name} />
      </Stack>
      {may("audit:read") && <Chain chain={`user:${name}`} />}
    </Page>
  );
}

function ChangeUser({ user }: { user: User }) {
  const t = useWords();
  const { title, roles, groups, active } = user;
  const [facts, setFacts] = useState({ title, roles, groups, active });
  return (
    <Reasoned
      label={t.change}
      means={t.changeMeans}
      done={t.changed}
      stale={peopleKey}
      wordless
      ready={facts.title.trim() !== ""}
      run={() => told(api.PUT("/v1/users/{name}", { params: { path: { name: user.name } }, body: facts }))}
    >
      <UserForm facts={facts} onChange={setFacts} />
    </Reasoned>
  );
}

function ResetPassword({ name }: { name: string }) {
  const t = useWords();
  const [given, setGiven] = useState<{ password: string; until: string } | null>(null);
  return (
    <>
      <Reasoned
        label={t.reset}
        means={t.resetMeans}
        done={t.resetDone}
        stale={peopleKey}
        wordless
        run={async () => setGiven(await told(api.POST("/v1/users/{name}/password", { params: { path: { name } } })))}
      />
      <Secret title={t.once} hint={t.onceHint} secret={given?.password ?? null} onClose={() => setGiven(null)}>
        {given && `${t.until} ${moment(given.until)}`}
      </Secret>
    </>
  );
}
