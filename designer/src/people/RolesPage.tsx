/** Every role with what its bearers may do, and a way to make one's own. */
import { Badge, Group, List, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";

import { api, told } from "@/lib/api";
import { Asked } from "@/ui/Asked";
import { Rows } from "@/ui/Listing";
import { Reasoned } from "@/ui/Reasoned";

import { PeopleTabs } from "./PeopleTabs";
import { peopleKey, roles, scopes, type Role } from "./queries";
import { RoleDialog } from "./RoleDialog";
import { useWords } from "./words";

export function RolesPage() {
  const t = useWords();
  const query = useQuery(roles);
  return (
    <PeopleTabs view="roles" actions={<RoleDialog />}>
      <Text size="sm" c="dimmed" mb="sm">
        {t.builtinHint}
      </Text>
      <Asked query={query}>
        {(rows) => (
          <Rows<Role>
            label={t.roles}
            rows={rows}
            keyOf={(row) => row.code}
            columns={[
              {
                title: t.name,
                cell: (row) => (
                  <>
                    <Text size="sm" fw={600}>
                      {row.title}
                    </Text>
                    <Text size="xs" c="dimmed">
                      {row.code}
                    </Text>
                  </>
                ),
              },
              { title: t.scopes, cell: (row) => <May role={row} /> },
              { title: t.decides, cell: (row) => row.roles.join(", ") || "–" },
              { title: t.divisions, cell: (row) => row.divisions?.join(", ") ?? t.all },
              { title: t.change, cell: (row) => <Deeds role={row} /> },
            ]}
          />
        )}
      </Asked>
    </PeopleTabs>
  );
}

function May({ role }: { role: Role }) {
  const t = useWords();
  const says = useQuery(scopes).data ?? {};
  if (role.scopes.length === 0) return "–";
  return (
    <details>
      <summary>{t.rights(role.scopes.length)}</summary>
      <List size="xs" mt={4}>
        {role.scopes.map((scope) => (
          <List.Item key={scope}>
            <b>{scope}</b> {says[scope]}
          </List.Item>
        ))}
      </List>
    </details>
  );
}

function Deeds({ role }: { role: Role }) {
  const t = useWords();
  if (role.builtin) {
    return (
      <Badge variant="light" color="gray" tt="none">
        {t.builtin}
      </Badge>
    );
  }
  return (
    <Group gap="xs">
      <RoleDialog key={JSON.stringify(role)} role={role} />
      <Reasoned
        label={t.remove}
        means={t.removeRoleMeans}
        done={t.removed}
        stale={peopleKey}
        color="red"
        wordless
        run={() => told(api.DELETE("/v1/roles/{code}", { params: { path: { code: role.code } } }))}
      />
    </Group>
  );
}
