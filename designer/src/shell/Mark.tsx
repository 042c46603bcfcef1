/** Our mark and name. */
import { Group, Text } from "@mantine/core";

export function Mark() {
  return (
    <Group gap="xs" wrap="nowrap">
      <img src="/app/icon.svg" width={28} height={28} alt="" />
      <Text fw={700} size="lg" lh={1} lts="-0.01em">
        OpenCCM
      </Text>
    </Group>
  );
}
