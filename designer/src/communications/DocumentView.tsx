/** The exact document that was sent, as its reader sees it: a mail in a sandbox, a letter page by page. */
import { Accordion, Code, Image, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";

import { Asked } from "@/ui/Asked";
import { Facts } from "@/ui/Facts";

import classes from "./DocumentView.module.css";
import { readingOf, type Reading } from "./queries";
import { useWords } from "./words";

export function DocumentView({ id }: { id: string }) {
  const query = useQuery(readingOf(id));
  return <Asked query={query}>{(reading) => <Read id={id} reading={reading} />}</Asked>;
}

function Read({ id, reading }: { id: string; reading: Reading }) {
  const t = useWords();
  const { subject, sender, recipient, attachments, pages, has_html: hasHtml } = reading;
  return (
    <Stack gap="sm">
      <Facts
        facts={[
          [t.subject, subject],
          [t.sender, sender],
          [t.recipient, recipient],
          [t.attachments, attachments.filter(Boolean).join(", ")],
        ]}
      />
      {hasHtml && (
        // No right at all: no script, no form, no origin. What is in it can be looked at, nothing more.
        <iframe
          className={classes.mail}
          src={`/v1/documents/${id}/html`}
          sandbox=""
          title={subject === "" ? t.document : subject}
          referrerPolicy="no-referrer"
        />
      )}
      {Array.from({ length: pages }, (_, index) => (
        <Image
          key={index}
          className={classes.page}
          src={`/v1/documents/${id}/pages/${index + 1}`}
          alt={t.page(index + 1, pages)}
          loading="lazy"
        />
      ))}
      {!hasHtml && pages === 0 && <Words text={reading.text} />}
      {(hasHtml || pages > 0) && reading.text !== "" && (
        <Accordion variant="contained" chevronPosition="left">
          <Accordion.Item value="words">
            <Accordion.Control>{t.words}</Accordion.Control>
            <Accordion.Panel>
              <Words text={reading.text} />
            </Accordion.Panel>
          </Accordion.Item>
        </Accordion>
      )}
      <Text size="xs" c="dimmed" component="div">
        {t.hash} <Code className={classes.hash}>{reading.hash}</Code>
      </Text>
    </Stack>
  );
}

function Words({ text }: { text: string }) {
  return <div className={classes.words}>{text}</div>;
}
