/** The form of a to-do and the ways in which it can end. */
import { Button, Group, Kbd, SimpleGrid, Stack, Text, Textarea, TextInput, Title } from "@mantine/core";
import { useRef } from "react";

import { Problem } from "@/lib/problem";
import { useKeys } from "@/lib/keys";
import { Failure } from "@/ui/Failure";
import { tell } from "@/ui/told";
import { filled } from "@/ui/typed";
import { ValueInput } from "@/ui/ValueInput";

import { useDeed, useNext } from "./deeds";
import { usePageWords } from "./pageWords";
import type { Sheet, ToDo } from "./queries";
import type { useKept } from "./useKept";
import classes from "./Work.module.css";

interface Props {
  todo: ToDo;
  sheet: Sheet;
  draft: ReturnType<typeof useKept>;
  /** Whether it can be finished now; else what was typed is shown only. */
  enabled: boolean;
}

export function Work({ todo, sheet, draft: { kept, keep, forget }, enabled }: Props) {
  const t = usePageWords();
  const deed = useDeed(todo.id);
  const next = useNext();
  const form = useRef<HTMLFormElement>(null);
  const outcome = sheet.outcomes.find(({ name }) => name === kept.outcome);
  const needed = new Set(outcome?.requires);
  const missing =
    outcome === undefined ||
    (outcome.day === "required" && kept.on === "") ||
    (outcome.reason_required && kept.reason.trim() === "") ||
    outcome.requires.some((name) => (kept.form[name] ?? "") === "");
  const choose = (name: string) => {
    keep({ outcome: name });
    deed.reset();
    // The first field that it asks for is where one goes on.
    requestAnimationFrame(() => form.current?.querySelector<HTMLElement>("[required]")?.focus());
  };
  const complete = (goOn: boolean) => {
    if (outcome === undefined || missing || !enabled || deed.isPending) return;
    const reason = kept.reason.trim() || null;
    const on = outcome.day === "none" ? null : kept.on || null;
    deed.mutate(
      { do: "complete", outcome: outcome.name, form: filled(sheet.form, kept.form), reason, on },
      {
        onSuccess: () => {
          forget();
          tell(t.completed);
          if (goOn) next.mutate();
        },
      },
    );
  };
  useKeys(
    enabled
      ? Object.fromEntries(sheet.outcomes.slice(0, 9).map(({ name }, at) => [String(at + 1), () => choose(name)]))
      : {},
  );
  return (
    <form
      ref={form}
      onSubmit={(event) => {
        event.preventDefault();
        complete(false);
      }}
      onKeyDown={(event) => {
        if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
        event.preventDefault();
        complete(true);
      }}
    >
      <Stack>
        <div>
          <Title order={2} size="h4" id="outcome">
            {t.outcome}
          </Title>
          <Text size="sm" c="dimmed">
            {t.outcomeHint}
          </Text>
        </div>
        <SimpleGrid cols={{ base: 1, sm: Math.min(sheet.outcomes.length, 3) }} role="group" aria-labelledby="outcome">
          {sheet.outcomes.map(({ name, label }, at) => (
            <button
              key={name}
              type="button"
              className={classes.outcome}
              aria-pressed={kept.outcome === name}
              disabled={!enabled}
              onClick={() => choose(name)}
            >
              {at < 9 && <Kbd aria-hidden>{at + 1}</Kbd>}
              <span>{label}</span>
            </button>
          ))}
        </SimpleGrid>
        {outcome !== undefined && outcome.day !== "none" && (
          <TextInput
            type="date"
            label={t.on}
            required={outcome.day === "required"}
            disabled={!enabled}
            value={kept.on}
            error={fault(deed.error, "on")}
            onChange={(event) => keep({ on: event.currentTarget.value })}
          />
        )}
        {sheet.form.map((shape) => (
          <ValueInput
            key={shape.name}
            shape={shape}
            lines
            value={kept.form[shape.name]}
            required={needed.has(shape.name)}
            disabled={!enabled}
            error={fault(deed.error, `form.${shape.name}`)}
            onChange={(value) => keep({ form: { ...kept.form, [shape.name]: value } })}
          />
        ))}
        <Textarea
          label={t.reason}
          required={outcome?.reason_required ?? false}
          disabled={!enabled}
          maxLength={500}
          autosize
          minRows={1}
          value={kept.reason}
          error={fault(deed.error, "reason")}
          onChange={(event) => keep({ reason: event.currentTarget.value })}
        />
        {deed.isError && <Failure error={deed.error} />}
        {enabled && (
          <Group>
            <Button
              loading={deed.isPending || next.isPending}
              disabled={missing}
              rightSection={<Kbd size="xs">Ctrl ↵</Kbd>}
              onClick={() => complete(true)}
            >
              {t.completeNext}
            </Button>
            <Button type="submit" variant="default" disabled={missing} loading={deed.isPending}>
              {t.complete}
            </Button>
          </Group>
        )}
      </Stack>
    </form>
  );
}

/** What the server says about one field. */
function fault(error: unknown, field: string): string | undefined {
  const found = error instanceof Problem ? error.errors.find((each) => each.field === field) : undefined;
  return found?.message;
}
