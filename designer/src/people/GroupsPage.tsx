/** Groups, and the roles that their members bear. */
import { Group, MultiSelect, Text, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";

import { api, told } from "@/lib/api";
import { Asked } from "@/ui/Asked";
import { Empty } from "@/ui/Empty";
import { Rows } from "@/ui/Listing";
import { Reasoned } from "@/ui/Reasoned";

import { PeopleTabs } from "./PeopleTabs";
import { groups, peopleKey, roles, type UserGroup } from "./queries";
import { useWords } from "./words";

export function GroupsPage() {
  const t = useWords();
  const query = useQuery(groups);
  return (
    <PeopleTabs view="groups" actions={<GroupDialog />}>
      <Asked query={query}>
        {(rows) =>
          rows.length === 0 ? (
            <Empty title={t.noGroups}>{t.noGroupsHint}</Empty>
          ) : (
            <Rows<UserGroup>
              label={t.groups}
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
                { title: t.bears, cell: (row) => row.roles.join(", ") || "–" },
                { title: t.change, cell: (row) => <Deeds group={row} /> },
              ]}
            />
          )
        }
      </Asked>
    </PeopleTabs>
  );
}

function Deeds({ group }: { group: UserGroup }) {
  const t = useWords();
  return (
    <Group gap="xs">
      <GroupDialog key={JSON.stringify(group)} group={group} />
      <Reasoned
        label={t.remove}
        means={t.removeGroupMeans}
        done={t.removed}
        stale={peopleKey}
        color="red"
        wordless
        run={() => told(api.DELETE("/v1/groups/{code}", { params: { path: { code: group.code } } }))}
      />
    </Group>
  );
}

function GroupDialog({ group }: { group?: UserGroup }) {
  const t = useWords();
  const known = useQuery(roles).data ?? [];
  const [code, setCode] = useState(group?.code ?? "");
  const [title, setTitle] = useState(group?.title ?? "");
  const [bears, setBears] = useState<string[]>(group?.roles ?? []);
  return (
    <Reasoned
      label={group === undefined ? t.addGroup : t.change}
      means={t.groupMeans}
      done={t.groupDone}
      stale={peopleKey}
      {...(group === undefined ? { variant: "filled", size: "sm" } : {})}
      wordless
      ready={code.trim() !== "" && title.trim() !== ""}
      run={() =>
        told(
          api.PUT("/v1/groups/{code}", {
            params: { path: { code: code.trim() } },
            body: { title: title.trim(), roles: bears },
          }),
        )
      }
    >
      {group === undefined && (
        <TextInput label={t.code} required maxLength={100} value={code} onChange={(e) => setCode(e.currentTarget.value)} />
      )}
      <TextInput label={t.called} required maxLength={120} value={title} onChange={(e) => setTitle(e.currentTarget.value)} />
      <MultiSelect
        label={t.bears}
        searchable
        data={known.map((role) => ({ value: role.code, label: role.title }))}
        value={bears}
        onChange={setBears}
      />
    </Reasoned>
  );
}
