/** A communication as somebody receives it, rendered by the server from what is written here. */
import { Alert, Group, List, Loader, SegmentedControl, Select, Stack, Text } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { keepPreviousData, queryOptions, useQuery } from "@tanstack/react-query";
import { useMemo, useState } from "react";

import { api, told, type Schemas } from "@/lib/api";
import { Waiting } from "@/ui/Asked";
import { Failure } from "@/ui/Failure";

import { namesIn, useContents } from "../folder";
import type { Files } from "../queries";
import { useSnapshot, useWorkshop } from "../workshop";
import classes from "./Letter.module.css";
import type { Letter } from "./letter";
import { Mail } from "./Mail";
import { useLetterWords } from "./words";

type Part = Schemas["PartRead"];

const PAUSE = 500;
const MOBILE = 390;

interface Wanted {
  code: string;
  text: string;
  files: Files;
  edition: number;
  sample: string | null;
  channel: string;
  language: string;
}

function previewOf({ code, text, files, edition, sample, channel, language }: Wanted) {
  return queryOptions({
    queryKey: ["language", "preview", code, text, edition, sample, channel, language],
    queryFn: ({ signal }) =>
      told(
        api.POST("/v1/language/preview", {
          body: { kind: "communication", text, files, code, channel, language, ...(sample === null ? {} : { sample }) },
          signal,
        }),
      ),
    gcTime: 30_000,
    staleTime: Infinity,
    retry: false,
  });
}

interface Props {
  letter: Letter;
  channel: string;
  language: string;
  onChannel: (channel: string) => void;
  onLanguage: (language: string) => void;
}

export function Preview({ letter, channel, language, onChannel, onLanguage }: Props) {
  const t = useLetterWords();
  const { code } = useWorkshop();
  const { text } = useSnapshot();
  const contents = useContents();
  const samples = namesIn(contents.files, "samples");
  const [sample, setSample] = useState<string | null>(samples.includes("ordinary") ? "ordinary" : (samples[0] ?? null));
  const wanted = useMemo(() => ({ code, text, ...contents, sample, channel, language }), [code, text, contents, sample, channel, language]);
  const [settled] = useDebouncedValue(wanted, PAUSE);
  const query = useQuery({ ...previewOf(settled), placeholderData: keepPreviousData });
  return (
    <Stack gap="sm" p="md">
      <Group gap="xs" grow align="flex-start">
        <Select size="xs" label={t.sample} placeholder={t.noSample} data={samples} value={sample} clearable onChange={setSample} />
        <Select size="xs" label={t.channel} data={letter.channels} value={channel} allowDeselect={false} onChange={(next) => next !== null && onChannel(next)} />
        <Select size="xs" label={t.language} data={letter.languages} value={language} allowDeselect={false} onChange={(next) => next !== null && onLanguage(next)} />
      </Group>
      <Group gap="xs" role="status" h={20}>
        {(query.isFetching || settled !== wanted) && (
          <>
            <Loader size={14} />
            <Text size="xs" c="dimmed">
              {t.rendering}
            </Text>
          </>
        )}
      </Group>
      {query.isError && <Failure error={query.error} />}
      {query.data ? (
        <Shown parts={query.data} faded={query.isError} />
      ) : (
        !query.isError && <Waiting />
      )}
    </Stack>
  );
}

function Shown({ parts, faded }: { parts: Part[]; faded: boolean }) {
  const t = useLetterWords();
  // Of what is shown, and not of what is being asked for.
  const isEmail = parts.some((part) => part.name === "html");
  const warnings = [...new Set(parts.flatMap((part) => part.warnings))];
  const letters = parts.filter((part) => part.media_type === "application/pdf");
  const unique = letters.filter((part, index) => letters.findIndex((each) => each.base64 === part.base64) === index);
  return (
    <Stack gap="md">
      {faded && (
        <Text size="xs" c="dimmed">
          {t.stale}
        </Text>
      )}
      {isEmail ? <Email parts={parts} /> : parts.filter((part) => part.media_type.startsWith("text/")).map((part) => <Words key={part.name} part={part} />)}
      {unique.map((part) => (
        <Pages key={part.name} part={part} attached={isEmail} />
      ))}
      {warnings.length > 0 && (
        <Alert color="orange" variant="light" title={t.warnings}>
          <List size="sm">
            {warnings.map((each) => (
              <List.Item key={each}>{each}</List.Item>
            ))}
          </List>
        </Alert>
      )}
    </Stack>
  );
}

function Email({ parts }: { parts: Part[] }) {
  const t = useLetterWords();
  const [device, setDevice] = useState("desktop");
  const textOf = (name: string) => parts.find((part) => part.name === name)?.text ?? "";
  const html = textOf("html");
  const shown = html === "" ? "plain" : device;
  return (
    <Stack gap="xs">
      <Group justify="space-between" gap="xs">
        <Text size="sm">
          <Text span size="sm" c="dimmed">
            {t.subject}:{" "}
          </Text>
          <b>{textOf("subject")}</b>
        </Text>
        <SegmentedControl
          size="xs"
          aria-label={t.device}
          value={shown}
          data={[
            { value: "desktop", label: t.desktop, disabled: html === "" },
            { value: "mobile", label: t.mobile, disabled: html === "" },
            { value: "plain", label: t.plain },
          ]}
          onChange={setDevice}
        />
      </Group>
      {shown === "plain" ? (
        <div className={classes.words} tabIndex={0} role="region" aria-label={t.plain}>
          {textOf("text")}
        </div>
      ) : (
        <Mail title={textOf("subject") || t.preview} html={html} className={classes.mail} width={shown === "mobile" ? MOBILE : undefined} />
      )}
    </Stack>
  );
}

function Words({ part }: { part: Part }) {
  return (
    <div>
      <Text size="xs" c="dimmed">
        {part.name}
      </Text>
      <div className={classes.words}>{part.text}</div>
    </div>
  );
}

/** The pages as they are printed, and what stands on them for who cannot see them. */
function Pages({ part, attached }: { part: Part; attached: boolean }) {
  const t = useLetterWords();
  const all = part.pages ?? part.pictures.length;
  return (
    <Stack gap="sm">
      {attached && (
        <Text size="sm" fw={600}>
          {t.attached}: {part.name}
        </Text>
      )}
      {part.pictures.map((picture, index) => (
        <img key={picture.slice(-40) + String(index)} className={classes.page} src={`data:image/png;base64,${picture}`} alt={t.page(index + 1, all)} />
      ))}
      <details>
        <summary>
          <Text span size="sm">
            {t.asText}
          </Text>
        </summary>
        <div className={classes.words}>{part.text}</div>
      </details>
    </Stack>
  );
}
