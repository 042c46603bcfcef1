/** A message of a simulation: whether it would leave, why or why not, and how it reads. */
import { Badge, Button, Group, List, Paper, Select, Stack, Text } from "@mantine/core";
import { useState } from "react";

import { momentIn } from "@/lib/times";

import { Mail } from "../letters/Mail";
import classes from "./Panel.module.css";
import { type Sent as Told, type Story } from "./play";
import { useSimulateWords } from "./words";

const ENDS = ["reached", "failed", "bounced"];

interface Props {
  story: Story;
  sent: Told;
  onOutcome: ((outcome: string) => void) | null;
}

export function Sent({ story, sent, onOutcome }: Props) {
  const t = useSimulateWords();
  const [shown, setShown] = useState(false);
  const subject = sent.parts.find((part) => part.name === "subject")?.text;
  const good = sent.parts.length > 0;
  return (
    <Paper withBorder p="sm" component="article" aria-label={sent.communication}>
      <Group gap={6} justify="space-between" wrap="nowrap" align="flex-start">
        <div style={{ minWidth: 0 }}>
          <Text size="sm" fw={600} truncate>
            {subject ?? sent.communication}
          </Text>
          <Text size="xs" c="dimmed">
            {[
              sent.communication,
              sent.channel === null ? "" : t.by(sent.channel, sent.language ?? ""),
              sent.left_at === null ? "" : t.leaves(momentIn(sent.left_at, story.time_zone)),
            ]
              .filter(Boolean)
              .join(" · ")}
          </Text>
        </div>
        <Badge variant="light" color={good ? "pine" : "orange"} tt="none" style={{ flex: "none" }}>
          {sent.outcome.replaceAll("_", " ")}
        </Badge>
      </Group>
      {sent.reason !== null && <Text size="sm">{sent.reason.replaceAll("_", " ")}</Text>}
      {!good && sent.verdicts.length > 0 && (
        <>
          <Text size="xs" fw={600} mt={6}>
            {t.why}
          </Text>
          <List size="xs">
            {sent.verdicts.map((verdict) => (
              <List.Item key={verdict}>{verdict}</List.Item>
            ))}
          </List>
        </>
      )}
      <Group gap={6} mt="xs" align="flex-end">
        {good && (
          <Button size="compact-xs" variant="default" aria-expanded={shown} onClick={() => setShown(!shown)}>
            {shown ? t.hide : t.show}
          </Button>
        )}
        {onOutcome !== null && (
          <Select
            size="xs"
            aria-label={`${t.becomes}: ${sent.communication}`}
            placeholder={t.becomes}
            data={ENDS}
            value={null}
            w={150}
            onChange={(outcome) => outcome !== null && onOutcome(outcome)}
          />
        )}
      </Group>
      {shown && (
        <Stack gap="xs" mt="xs">
          {sent.parts
            .filter((part) => part.name !== "subject")
            .map((part) =>
              part.media_type === "text/html" ? (
                <Mail key={part.name} title={subject ?? part.name} html={part.text ?? ""} className={classes.frame} />
              ) : (
                <div key={part.name} className={classes.message}>
                  {part.media_type.startsWith("text/") ? part.text : `${t.document(part.name)}${part.pages === null ? "" : `, ${t.pages(part.pages)}`}\n\n${part.text ?? ""}`}
                </div>
              ),
            )}
        </Stack>
      )}
    </Paper>
  );
}
