/** Everybody who may sign in, and a way to add somebody. */
import { Badge, Group, Text, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";

import { api, told } from "@/lib/api";
import { moment } from "@/lib/times";
import { Asked } from "@/ui/Asked";
import { Rows } from "@/ui/Listing";
import { Reasoned } from "@/ui/Reasoned";
import { Secret } from "@/ui/Secret";
import { To } from "@/ui/To";
import { When } from "@/ui/When";

import { PeopleTabs } from "./PeopleTabs";
import { peopleKey, users, type User } from "./queries";
import { UserForm, type UserFacts } from "./UserForm";
import { useWords } from "./words";

export function UsersPage() {
  const t = useWords();
  const query = useQuery(users);
  return (
    <PeopleTabs view="users" actions={<AddUser />}>
      <Asked query={query}>
        {(rows) => (
          <Rows<User>
            label={t.users}
            rows={rows}
            keyOf={(row) => row.name}
            columns={[
              {
                title: t.name,
                cell: (row) => (
                  <>
                    <To to={`/people/${row.name}`} fw={600}>
                      {row.title}
                    </To>
                    <Text size="xs" c="dimmed">
                      {row.name}
                    </Text>
                  </>
                ),
              },
              { title: t.roles, cell: (row) => row.roles.join(", ") || "–" },
              { title: t.groups, cell: (row) => row.groups.join(", ") || "–" },
              { title: t.state, cell: (row) => <Standing user={row} /> },
              {
                title: t.lastSignIn,
                cell: (row) => (row.last_sign_in_at === null ? t.never : <When at={row.last_sign_in_at} />),
              },
            ]}
          />
        )}
      </Asked>
    </PeopleTabs>
  );
}

export function Standing({ user }: { user: User }) {
  const t = useWords();
  return (
    <Group gap={6}>
      <Badge variant="light" tt="none" color={user.active ? "pine" : "gray"}>
        {user.active ? t.active : t.inactive}
      </Badge>
      {user.must_change_password && (
        <Badge variant="light" tt="none" color="orange">
          {t.firstPassword}
        </Badge>
      )}
    </Group>
  );
}

const NOBODY: UserFacts = { title: "", roles: [], groups: [], active: true };

function AddUser() {
  const t = useWords();
  const [name, setName] = useState("");
  const [facts, setFacts] = useState(NOBODY);
  const [given, setGiven] = useState<{ password: string; until: string } | null>(null);
  return (
    <>
      <Reasoned
        label={t.create}
        means={t.createMeans}
        done={t.created}
        stale={peopleKey}
        variant="filled"
        size="sm"
        wordless
        ready={name.trim() !== "" && facts.title.trim() !== ""}
        run={async () => {
          setGiven(await told(api.POST("/v1/users", { body: { ...facts, name: name.trim() } })));
          setName("");
          setFacts(NOBODY);
        }}
      >
        <TextInput
          label={t.name}
          description={t.nameHint}
          required
          maxLength={60}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <UserForm facts={facts} onChange={setFacts} />
      </Reasoned>
      <Secret title={t.once} hint={t.onceHint} secret={given?.password ?? null} onClose={() => setGiven(null)}>
        {given && `${t.until} ${moment(given.until)}`}
      </Secret>
    </>
  );
}
