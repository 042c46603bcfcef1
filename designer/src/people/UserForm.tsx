/** What a user is called and bears, as fields of a dialog. */
import { MultiSelect, Switch, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";

import { groups, roles } from "./queries";
import { useWords } from "./words";

export interface UserFacts {
  title: string;
  roles: string[];
  groups: string[];
  active: boolean;
}

interface Props {
  facts: UserFacts;
  onChange: (facts: UserFacts) => void;
}

export function UserForm({ facts, onChange }: Props) {
  const t = useWords();
  const known = useQuery(roles).data ?? [];
  const grouped = useQuery(groups).data ?? [];
  return (
    <>
      <TextInput
        label={t.called}
        required
        maxLength={120}
        value={facts.title}
        onChange={(event) => onChange({ ...facts, title: event.currentTarget.value })}
      />
      <MultiSelect
        label={t.bears}
        searchable
        data={known.map(({ code, title }) => ({ value: code, label: title }))}
        value={facts.roles}
        onChange={(next) => onChange({ ...facts, roles: next })}
      />
      <MultiSelect
        label={t.inGroups}
        searchable
        data={grouped.map(({ code, title }) => ({ value: code, label: title }))}
        value={facts.groups}
        onChange={(next) => onChange({ ...facts, groups: next })}
      />
      <Switch
        label={t.active}
        checked={facts.active}
        onChange={(event) => onChange({ ...facts, active: event.currentTarget.checked })}
      />
    </>
  );
}
