/** The files of a communication: its definition, its texts, what it shares, its samples. */
import { ActionIcon, Badge, Group, Stack, Text, UnstyledButton } from "@mantine/core";
import { IconFileText, IconPlus, IconTrash } from "@tabler/icons-react";

import { besideOf, type Problem } from "../queries";
import { useContents } from "../folder";
import { useOpen, useWorkshop } from "../workshop";
import classes from "./Letter.module.css";
import { listed, type Letter } from "./letter";
import { useLetterWords } from "./words";

interface Props {
  letter: Letter;
  file: string | undefined;
  onFile: (file: string | undefined) => void;
}

export function FileList({ letter, file, onFile }: Props) {
  const t = useLetterWords();
  const open = useOpen();
  const { folder, problems } = useWorkshop();
  const { files } = useContents();
  const { texts, missing, shared, others } = listed(files, letter);
  const inFile = (path: string) => problems.filter((each) => isAbout(each, path)).length;
  return (
    <nav className={classes.files} aria-label={t.files}>
      <Stack gap="sm">
        <Entry path={undefined} label={t.definition} chosen={file === undefined} wrong={problems.filter((each) => besideOf(each) === null).length} onFile={onFile} />
        <Section label={t.texts}>
          {texts.map((path) => (
            <Group key={path} gap={0} wrap="nowrap">
              <Entry path={path} label={nameOf(path)} chosen={file === path} wrong={inFile(path)} onFile={onFile} />
              {open && file === path && (
                <ActionIcon
                  size={24}
                  variant="subtle"
                  color="gray"
                  aria-label={t.removeFile(path)}
                  onClick={() => {
                    folder.remove(path);
                    onFile(undefined);
                  }}
                >
                  <IconTrash size={14} />
                </ActionIcon>
              )}
            </Group>
          ))}
          {open &&
            missing.map((path) => (
              <UnstyledButton
                key={path}
                className={classes.file}
                onClick={() => {
                  folder.write(path, "");
                  onFile(path);
                }}
              >
                <IconPlus size={15} aria-hidden />
                <span>{nameOf(path)}</span>
                <Badge size="xs" variant="light" color="orange" tt="none">
                  {t.missing}
                </Badge>
              </UnstyledButton>
            ))}
        </Section>
        {others.length > 0 && (
          <Section label={t.others}>
            {others.map((path) => (
              <Entry key={path} path={path} label={path} chosen={file === path} wrong={inFile(path)} onFile={onFile} />
            ))}
          </Section>
        )}
        {shared.length > 0 && (
          <Section label={t.shared}>
            {shared.map((path) => (
              <Entry key={path} path={path} label={nameOf(path)} chosen={file === path} wrong={inFile(path)} onFile={onFile} />
            ))}
          </Section>
        )}
      </Stack>
    </nav>
  );
}

const nameOf = (path: string) => path.replace("templates/", "");

/** Whether a problem stands in a file. */
export function isAbout(problem: Problem, path: string): boolean {
  return besideOf(problem) === path;
}

function Section({ label, children }: { label: string; children: React.ReactNode }) {
  return (
    <div>
      <Text size="xs" c="dimmed" fw={600} px={8} mb={2}>
        {label}
      </Text>
      {children}
    </div>
  );
}

interface EntryProps {
  path: string | undefined;
  label: string;
  chosen: boolean;
  wrong: number;
  onFile: (file: string | undefined) => void;
}

function Entry({ path, label, chosen, wrong, onFile }: EntryProps) {
  return (
    <UnstyledButton className={classes.file} aria-current={chosen ? "page" : undefined} onClick={() => onFile(path)}>
      <IconFileText size={15} aria-hidden style={{ flex: "none" }} />
      <span>{label}</span>
      {wrong > 0 && (
        <Badge size="sm" circle color="red" ml="auto">
          {wrong}
        </Badge>
      )}
    </UnstyledButton>
  );
}
