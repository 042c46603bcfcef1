/** One of a few, all of them in sight: quicker than a list, and arrows lead from one to the next. */
import { Chip, Group, Input } from "@mantine/core";
import { useId } from "react";

interface Props {
  label: string;
  choices: readonly { value: string; label: string }[];
  value: string;
  onChange: (value: string) => void;
}

export function Chosen({ label, choices, value, onChange }: Props) {
  const id = useId();
  return (
    <div>
      <Input.Label id={id} component="div" labelElement="div" mb={6}>
        {label}
      </Input.Label>
      <Chip.Group value={value} onChange={onChange}>
        <Group gap={6} role="radiogroup" aria-labelledby={id}>
          {choices.map((each) => (
            <Chip key={each.value} value={each.value} size="sm" variant="light">
              {each.label}
            </Chip>
          ))}
        </Group>
      </Chip.Group>
    </div>
  );
}
