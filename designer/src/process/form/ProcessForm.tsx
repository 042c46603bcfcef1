/** What holds for the whole process. */
import { List, Stack, Text } from "@mantine/core";

import { set } from "@/yaml/splicing";

import { settled } from "../schema";
import { useOpen, useSnapshot, useWorkshop } from "../workshop";
import { useWords } from "../words";
import { FieldInput, labelOf } from "./FieldInput";

const SIMPLE = ["title", "recipient", "calendar"];
const LISTED = ["data", "variables", "events", "stops"];

export function ProcessForm() {
  const t = useWords();
  const open = useOpen();
  const { act, schema } = useWorkshop();
  const { process } = useSnapshot();
  return (
    <Stack gap="sm">
      <div>
        <Text fw={650}>{t.settings}</Text>
        <Text size="xs" c="dimmed">
          {t.settingsHint}
        </Text>
      </div>
      {SIMPLE.map((name) => {
        const field = settled(schema, schema.properties?.[name]);
        return (
          field && (
            <FieldInput
              key={name}
              name={name}
              schema={field}
              value={process.data[name]}
              required={schema.required?.includes(name) ?? false}
              disabled={!open}
              onChange={(value) => act((reading) => set(reading, [name], value))}
            />
          )
        );
      })}
      {LISTED.map((name) => {
        const names = Object.keys((process.data[name] as object | undefined) ?? {});
        return (
          names.length > 0 && (
            <div key={name}>
              <Text size="sm" fw={500}>
                {labelOf(name)}
              </Text>
              <Text size="xs" c="dimmed">
                {schema.properties?.[name]?.description}
              </Text>
              <List size="xs" mt={4}>
                {names.map((each) => (
                  <List.Item key={each}>
                    <Text size="xs" ff="monospace">
                      {each}
                    </Text>
                  </List.Item>
                ))}
              </List>
            </div>
          )
        );
      })}
    </Stack>
  );
}
