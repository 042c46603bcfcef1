/** Says that the text cannot be read now, and leads to the line where it breaks. */
import { Alert, Anchor } from "@mantine/core";

import { useSnapshot, useWorkshop } from "./workshop";
import { useWords } from "./words";

export function Broken() {
  const t = useWords();
  const { showInText } = useWorkshop();
  const fault = useSnapshot().faults[0];
  if (fault === undefined) return null;
  return (
    <Alert color="orange" radius={0} py={6} role="alert">
      {t.broken(fault.line)}{" "}
      <Anchor component="button" type="button" size="sm" onClick={() => showInText(fault.from)}>
        {t.goToLine}
      </Anchor>
    </Alert>
  );
}
