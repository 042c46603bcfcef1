/** Text that counts when its writer is done with it: one deed, one step back. */
import { Textarea, TextInput, type TextInputProps } from "@mantine/core";
import { useState, type KeyboardEvent } from "react";

interface Props {
  label?: string | undefined;
  "aria-label"?: string | undefined;
  description?: string | undefined;
  placeholder?: string | undefined;
  value: string;
  onDone: (value: string) => void;
  problem?: ((value: string) => string | null) | undefined;
  lines?: boolean;
  mono?: boolean | undefined;
  required?: boolean | undefined;
  disabled: boolean;
  size?: TextInputProps["size"];
}

export function TypedInput({ value, onDone, problem, lines, mono, ...rest }: Props) {
  const [typed, setTyped] = useState(value);
  const [last, setLast] = useState(value);
  // What was written elsewhere, in the text or by a step back, shows here as well.
  if (last !== value) {
    setLast(value);
    setTyped(value);
  }
  const error = typed === value ? null : (problem?.(typed) ?? null);
  const finish = () => {
    if (typed !== value && error === null) onDone(typed);
  };
  const shared = {
    ...rest,
    value: typed,
    error,
    onBlur: finish,
    styles: mono ? { input: { fontFamily: "var(--mantine-font-family-monospace)", fontSize: 13 } } : {},
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "Escape") setTyped(value);
    if (event.key === "Enter" && (lines !== true || event.ctrlKey)) finish();
  };
  if (lines === true) {
    return (
      <Textarea {...shared} autosize minRows={2} maxRows={8} onKeyDown={onKeyDown} onChange={(e) => setTyped(e.currentTarget.value)} />
    );
  }
  return <TextInput {...shared} onKeyDown={onKeyDown} onChange={(e) => setTyped(e.currentTarget.value)} />;
}
