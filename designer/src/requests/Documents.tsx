/** The stored documents of a communication: exactly the bytes, shown where they can do nothing. */
import { Button, Code, Group, Text } from "@mantine/core";
import { IconCode, IconExternalLink } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";

import type { Schemas } from "@/lib/api";
import { useLanguage } from "@/lib/words";
import { useMay } from "@/signin/queries";
import { Asked } from "@/ui/Asked";

import classes from "./Message.module.css";
import { documentsOf, sourceOf } from "./queries";
import { useWords } from "./words";

type Document = Schemas["DocumentRead"];

export function Documents({ id, state }: { id: string; state: string }) {
  const query = useQuery(documentsOf(id, state));
  return (
    <Asked query={query}>
      {(rows) => (
        <div>
          {rows.map((row) => (
            <One key={row.id} document={row} />
          ))}
          {rows.length === 0 && "–"}
        </div>
      )}
    </Asked>
  );
}

function One({ document }: { document: Document }) {
  const t = useWords();
  const may = useMay();
  const language = useLanguage();
  const [shown, setShown] = useState(false);
  // A message is text that browsers do not know how to show; all else they show in a sandbox.
  const isText = /^(text\/plain|message\/)/.test(document.media_type);
  return (
    <div className={classes.document}>
      <Group justify="space-between" gap="xs">
        <div>
          <Text size="sm" fw={600}>
            {document.part}{" "}
            <Text span c="dimmed" fw={400} size="xs">
              {document.media_type} · {t.bytes(document.size.toLocaleString(language))}
              {document.pages !== null && ` · ${t.pages(document.pages)}`}
            </Text>
          </Text>
          <Text size="xs" c="dimmed">
            {t.hash} <Code fz="xs" title={document.hash}>{`${document.hash.slice(0, 16)}…`}</Code>
          </Text>
        </div>
        {may("document:read") &&
          (isText ? (
            <Button
              size="compact-xs"
              variant="default"
              leftSection={<IconCode size={13} />}
              aria-expanded={shown}
              onClick={() => setShown(!shown)}
            >
              {shown ? t.hideSource : t.source}
            </Button>
          ) : (
            <Button
              size="compact-xs"
              variant="default"
              component="a"
              href={`/v1/documents/${document.id}`}
              target="_blank"
              rel="noopener noreferrer"
              leftSection={<IconExternalLink size={13} />}
            >
              {t.open}
            </Button>
          ))}
      </Group>
      {shown && <Source id={document.id} name={document.part} />}
    </div>
  );
}

function Source({ id, name }: { id: string; name: string }) {
  const query = useQuery(sourceOf(id));
  return (
    <Asked query={query}>
      {(text) => (
        <pre className={classes.source} tabIndex={0} aria-label={name}>
          {text}
        </pre>
      )}
    </Asked>
  );
}
