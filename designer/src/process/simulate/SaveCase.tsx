/** Keep a simulation as a test case, which must come out the same from then on. */
import { Button, Modal, Stack, Text, TextInput } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useState, type FormEvent } from "react";

import { tell } from "@/ui/told";
import { block } from "@/yaml/writing";

import { namesIn, useContents } from "../folder";
import { useWorkshop } from "../workshop";
import { useWords } from "../words";
import { caseOf, type Story } from "./play";
import type { Play } from "./usePlay";
import { useSimulateWords } from "./words";

const NAME = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;

export function SaveCase({ play, story }: { play: Play; story: Story }) {
  const t = useSimulateWords();
  const words = useWords();
  const { folder } = useWorkshop();
  const { files } = useContents();
  const [opened, { open, close }] = useDisclosure(false);
  const [name, setName] = useState("");
  const [title, setTitle] = useState("");
  const taken = namesIn(files, "cases").includes(name);
  const problem = name === "" ? null : !NAME.test(name) ? words.nameBad : taken ? words.nameTaken : null;
  const playable = play.script.sample !== null && play.script.person === null;
  const save = (event: FormEvent) => {
    event.preventDefault();
    folder.write(`cases/${name}.yaml`, `${block(caseOf(play.script, story, title.trim()), 0)}\n`);
    tell(t.caseSaved);
    setName("");
    setTitle("");
    close();
  };
  return (
    <>
      <Button size="xs" variant="default" onClick={open}>
        {t.saveCase}
      </Button>
      <Modal opened={opened} onClose={close} title={t.saveCase} centered>
        {playable ? (
          <form onSubmit={save}>
            <Stack>
              <TextInput label={t.caseTitle} required maxLength={120} data-autofocus value={title} onChange={(event) => setTitle(event.currentTarget.value)} />
              <TextInput label={t.caseName} description={t.caseNameHint} required maxLength={60} error={problem} value={name} onChange={(event) => setName(event.currentTarget.value)} />
              <Button type="submit" disabled={name === "" || problem !== null || title.trim() === ""}>
                {t.save}
              </Button>
            </Stack>
          </form>
        ) : (
          <Text size="sm">{t.caseNeedsSample}</Text>
        )}
      </Modal>
    </>
  );
}
