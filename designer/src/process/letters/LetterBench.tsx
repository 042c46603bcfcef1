/** The bench of a communication: its files, the one at work, and how it arrives. */
import { Group, Paper, Select, Tabs, Text } from "@mantine/core";
import type { EditorView } from "@codemirror/view";
import { lazy, Suspense, useRef, useState } from "react";

import { Waiting } from "@/ui/Asked";
import { Empty } from "@/ui/Empty";

import { Broken } from "../Broken";
import type { BenchProps } from "../Designer";
import designer from "../Designer.module.css";
import { useContents } from "../folder";
import { Problems } from "../Problems";
import { usePlay } from "../simulate/usePlay";
import { HistoryButtons } from "../Toolbar";
import { useOpen, useSnapshot, useWorkshop, type Side } from "../workshop";
import { useWords } from "../words";
import { FileList, isAbout } from "./FileList";
import classes from "./Letter.module.css";
import { aimOf, letterOf, listed, type Letter } from "./letter";
import { Preview } from "./Preview";
import { useLetterWords } from "./words";

const TextPane = lazy(() => import("../text/TextPane"));
const FileText = lazy(() => import("../text/FileText"));
const SimulatePanel = lazy(() => import("../simulate/SimulatePanel"));
const CasesPanel = lazy(() => import("../cases/CasesPanel"));

export default function LetterBench({ state, view, onView }: BenchProps) {
  const t = useLetterWords();
  const words = useWords();
  const play = usePlay();
  const { process } = useSnapshot();
  const { files } = useContents();
  const { kind, problems } = useWorkshop();
  const letter = letterOf(process.data);
  const file = view.file !== undefined && typeof files[view.file] === "string" ? view.file : undefined;
  const editor = useRef<EditorView>(null);
  const [chosen, setChosen] = useState<{ channel?: string; language?: string }>({});
  const aim = { ...aimOf(file), ...chosen };
  const channel = aim.channel !== undefined && letter.channels.includes(aim.channel) ? aim.channel : (letter.channels[0] ?? "");
  const language = aim.language !== undefined && letter.languages.includes(aim.language) ? aim.language : (letter.languages[0] ?? "");
  const side: Side = view.side ?? "form";
  return (
    <div className={designer.bench}>
      <Broken />
      <div className={classes.body} data-kind={kind}>
        <FileList
          letter={letter}
          file={file}
          onFile={(next) => {
            setChosen({});
            onView({ file: next });
          }}
        />
        <section className={classes.text} aria-label={file ?? words.text}>
          {file === undefined ? (
            <Group px="sm" py={6} gap="xs" style={{ borderBottom: "1px solid var(--ccm-line)" }}>
              <HistoryButtons />
              <Text size="sm" ff="monospace">
                {kind}.yaml
              </Text>
            </Group>
          ) : (
            <Pickers file={file} letter={letter} editor={editor} />
          )}
          <div className={classes.editor}>
            <Suspense fallback={<Waiting />}>
              {file === undefined ? (
                <TextPane />
              ) : (
                <FileText key={file} path={file} label={file} problems={problems.filter((each) => isAbout(each, file))} editorRef={editor} readOnly={file.startsWith("templates/shared/")} />
              )}
            </Suspense>
          </div>
        </section>
        <aside className={classes.side} aria-label={t.side} hidden={kind === "fragment"}>
          <Tabs value={side} onChange={(next) => onView({ side: (next ?? "form") as Side })} keepMounted={false} className={designer.tabs}>
            <Tabs.List grow>
              <Tabs.Tab value="form">{t.preview}</Tabs.Tab>
              <Tabs.Tab value="simulate">{t.simulate}</Tabs.Tab>
              <Tabs.Tab value="cases">{t.cases}</Tabs.Tab>
            </Tabs.List>
            <Tabs.Panel value="form">
              {channel === "" || language === "" ? (
                <Empty title={t.noPictures} />
              ) : (
                <Preview
                  letter={letter}
                  channel={channel}
                  language={language}
                  onChannel={(next) => setChosen({ ...chosen, channel: next })}
                  onLanguage={(next) => setChosen({ ...chosen, language: next })}
                />
              )}
            </Tabs.Panel>
            <Tabs.Panel value="simulate" p="md">
              <Suspense fallback={<Waiting />}>
                <SimulatePanel play={play} />
              </Suspense>
            </Tabs.Panel>
            <Tabs.Panel value="cases" p="md">
              <Suspense fallback={<Waiting />}>
                <CasesPanel />
              </Suspense>
            </Tabs.Panel>
          </Tabs>
        </aside>
      </div>
      <Paper className={designer.problems} component="section" aria-label={words.problems} tabIndex={0}>
        <Problems state={state} onFile={(path) => onView({ file: path })} />
      </Paper>
    </div>
  );
}

interface PickersProps {
  file: string;
  letter: Letter;
  editor: React.RefObject<EditorView | null>;
}

/** What can be put into a text where the cursor stands. */
function Pickers({ file, letter, editor }: PickersProps) {
  const t = useLetterWords();
  const open = useOpen();
  const { files } = useContents();
  const { shared } = listed(files, letter);
  const pieces = [
    ...letter.fragments.map((code) => ({ value: `{{ fragment("${code}") }}`, label: code })),
    ...shared.map((path) => ({
      value: `{% include "${path.replace("templates/", "")}" %}`,
      label: path.replace("templates/shared/", ""),
    })),
  ];
  const isShared = file.startsWith("templates/shared/");
  const put = (text: string) => {
    const { current: view } = editor;
    if (view === null) return;
    view.dispatch({ ...view.state.replaceSelection(text), userEvent: "input", scrollIntoView: true });
    view.focus();
  };
  return (
    <Group px="sm" py={6} gap="xs" style={{ borderBottom: "1px solid var(--ccm-line)" }}>
      <Text size="sm" ff="monospace" style={{ overflowWrap: "anywhere" }}>
        {file}
      </Text>
      {isShared && (
        <Text size="xs" c="dimmed">
          {t.sharedHint}
        </Text>
      )}
      {open && !isShared && file.startsWith("templates/") && (
        <Group gap="xs" ml="auto">
          <Select
            size="xs"
            w={180}
            searchable
            aria-label={t.field}
            placeholder={t.field}
            data={letter.fields.map(({ name, label }) => ({ value: name, label }))}
            value={null}
            onChange={(name) => name !== null && put(`{{ ${name} }}`)}
          />
          {pieces.length > 0 && (
            <Select
              size="xs"
              w={180}
              searchable
              aria-label={t.piece}
              placeholder={t.piece}
              data={pieces}
              value={null}
              onChange={(text) => text !== null && put(text)}
            />
          )}
        </Group>
      )}
    </Group>
  );
}
