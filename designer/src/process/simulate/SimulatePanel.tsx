/** A simulation beside the canvas: with whom, its clock, what happens, and what would be sent. */
import { Alert, Anchor, Button, Divider, Group, Loader, SegmentedControl, Select, Stack, Text, TextInput, UnstyledButton } from "@mantine/core";
import { IconPlayerPlay } from "@tabler/icons-react";
import { useId } from "react";

import { momentIn } from "@/lib/times";
import { useMay } from "@/signin/queries";
import { Failure } from "@/ui/Failure";

import { namesIn, useContents } from "../folder";
import { useSnapshot, useWorkshop } from "../workshop";
import { useWords, wayWord } from "../words";
import { Clock } from "./Clock";
import { Added, Happening } from "./Happening";
import classes from "./Panel.module.css";
import { at, hasLeft, sendsBy, visitsBy, type Script, type Story, type Visit } from "./play";
import { SaveCase } from "./SaveCase";
import { Sent } from "./Sent";
import type { Play } from "./usePlay";
import { useSimulateWords } from "./words";

export default function SimulatePanel({ play }: { play: Play }) {
  const t = useSimulateWords();
  const { run, story, stale } = play;
  return (
    <Stack gap="md">
      <Text size="xs" c="dimmed">
        {t.hint}
      </Text>
      <Setting play={play} />
      {run.isError && <Failure error={run.error} />}
      {stale && story !== null && !run.isPending && (
        <Alert color="orange" variant="light" py={6}>
          {t.stale}{" "}
          <Anchor component="button" type="button" size="sm" onClick={() => play.replay(play.script)}>
            {t.replay}
          </Anchor>
        </Alert>
      )}
      {run.isPending && (
        <Group gap="xs" role="status">
          <Loader size={14} />
          <Text size="sm">{t.playing}</Text>
        </Group>
      )}
      {story === null ? (
        !run.isPending && !run.isError && <Text size="sm" c="dimmed">{t.notBegunHint}</Text>
      ) : (
        <Told play={play} story={story} />
      )}
    </Stack>
  );
}

function Setting({ play }: { play: Play }) {
  const t = useSimulateWords();
  const may = useMay();
  const { editable } = useWorkshop();
  const { files } = useContents();
  const { script, setScript, run } = play;
  const change = (more: Partial<Script>) => setScript({ ...script, ...more });
  const samples = namesIn(files, "samples");
  const real = script.person !== null;
  const id = useId();
  return (
    <Stack gap="xs">
      {may("request:create") && (
        <div>
          <Text size="xs" fw={500} id={id} mb={4}>
            {t.who}
          </Text>
          <SegmentedControl
            size="xs"
            fullWidth
            aria-labelledby={id}
            value={real ? "person" : "sample"}
            data={[
              { value: "sample", label: t.sample },
              { value: "person", label: t.person },
            ]}
            onChange={(value) => change({ person: value === "person" ? "" : null })}
          />
        </div>
      )}
      {real ? (
        <TextInput size="xs" label={t.personKey} description={t.personHint} value={script.person ?? ""} onChange={(event) => change({ person: event.currentTarget.value.trim() })} />
      ) : (
        <Select size="xs" label={t.sample} placeholder={t.noSample} data={samples} value={script.sample} clearable onChange={(sample) => change({ sample })} />
      )}
      <TextInput size="xs" type="datetime-local" label={t.start} description={t.startHint} value={script.start} onChange={(event) => change({ start: event.currentTarget.value.slice(0, 16) })} />
      <Group gap="xs">
        <Button size="xs" leftSection={<IconPlayerPlay size={14} />} loading={run.isPending} disabled={real && script.person === ""} onClick={play.begin}>
          {play.story === null ? t.begin : t.again}
        </Button>
        {play.story !== null && editable && <SaveCase play={play} story={play.story} />}
      </Group>
    </Stack>
  );
}

function Told({ play, story }: { play: Play; story: Story }) {
  const t = useSimulateWords();
  const { now } = play;
  const sends = sendsBy(story, now);
  return (
    <Stack gap="md">
      <Clock story={story} now={now} onMove={play.setNow} />
      <Happening play={play} story={story} />
      <Added play={play} />
      {story.path.length > 0 && <Path story={story} now={now} />}
      <div>
        <Divider label={t.sends} labelPosition="left" mb="xs" />
        <Stack gap="xs">
          {sends.length === 0 && (
            <Text size="sm" c="dimmed">
              {t.nothingSent}
            </Text>
          )}
          {sends.map((sent, index) => (
            <Sent
              key={`${sent.communication}:${index}`}
              story={story}
              sent={sent}
              onOutcome={sent.step === null ? null : (outcome) => play.replay(endingAs(play.script, sent.step ?? "", sends.slice(0, index + 1), outcome))}
            />
          ))}
        </Stack>
      </div>
      {story.events
        .filter((event) => event.heard_by.length === 0 && at(event.at) <= now)
        .map((event) => (
          <Text key={`${event.type}:${event.at}`} size="xs" c="dimmed">
            {t.ignored(event.type)}
          </Text>
        ))}
    </Stack>
  );
}

/** The script in which one of a step's messages ends otherwise. */
function endingAs(script: Script, step: string, sends: Story["sends"], outcome: string): Script {
  const number = sends.filter((each) => each.step === step).length;
  const before = script.answers[step] ?? [];
  const filled = Array.from({ length: number - 1 }, (_, index) => before[index] ?? { outcome: "reached" });
  return { ...script, answers: { ...script.answers, [step]: [...filled, { outcome }] } };
}

function Path({ story, now }: { story: Story; now: number }) {
  const t = useSimulateWords();
  return (
    <div>
      <Divider label={t.path} labelPosition="left" mb="xs" />
      <ol className={classes.path} aria-label={t.path}>
        {visitsBy(story, now).map((visit) => (
          <Passed key={`${visit.process}:${visit.step}:${visit.visit}`} story={story} visit={visit} now={now} />
        ))}
      </ol>
    </div>
  );
}

function Passed({ story, visit, now }: { story: Story; visit: Visit; now: number }) {
  const t = useSimulateWords();
  const words = useWords();
  const { select } = useWorkshop();
  const { process } = useSnapshot();
  const left = hasLeft(visit, now);
  const inside = visit.process === story.code;
  const used = Object.entries(visit.used);
  const rows = Array.isArray(visit.detail.rows) ? visit.detail.rows.map(String) : [];
  const became = visit.outcome ?? (visit.way === "next" ? "" : (visit.way ?? ""));
  return (
    <li className={classes.visit} data-here={!left || undefined}>
      <UnstyledButton className={classes.step} disabled={!inside || !process.byId.has(visit.step)} onClick={() => select([visit.step])}>
        <Text size="sm" fw={600} component="span">
          {inside ? visit.title : `${visit.process} / ${visit.title}`}
          {visit.visit > 1 && ` (${t.visit(visit.visit)})`}
        </Text>{" "}
        <Text size="xs" c="dimmed" component="span">
          {momentIn(left && visit.left_at !== null ? visit.left_at : visit.entered_at, story.time_zone)} · {left ? (became === "" ? t.passed : wayWord(words, became)) : t.here}
        </Text>
        {left && visit.reason !== null && (
          <Text size="xs" component="span" display="block">
            {visit.reason.replaceAll("_", " ")}
          </Text>
        )}
        {used.length + rows.length > 0 && (
          <Text size="xs" c="dimmed" component="span" display="block" ff="monospace" style={{ overflowWrap: "anywhere" }}>
            {[...used.map(([name, value]) => `${name} = ${plain(value)}`), ...(rows.length > 0 ? [`→ ${rows.join(", ")}`] : [])].join("; ")}
          </Text>
        )}
      </UnstyledButton>
    </li>
  );
}

function plain(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}
