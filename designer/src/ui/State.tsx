/** A state, by word and colour. */
import { Badge } from "@mantine/core";

import { colourOf, useStateName } from "./states";

export function State({ of }: { of: string }) {
  const name = useStateName();
  return (
    <Badge variant="light" radius="sm" color={colourOf(of)} tt="none" fw={600}>
      {name(of)}
    </Badge>
  );
}
