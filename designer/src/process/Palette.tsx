/** The kinds of steps there are: dragged onto a line, or added where one is. */
import { SimpleGrid, Stack, Text, UnstyledButton } from "@mantine/core";

import { lookOf } from "./kinds";
import classes from "./Palette.module.css";
import { stepKinds } from "./schema";
import { useWorkshop } from "./workshop";
import { kindWord, useWords } from "./words";

export const DRAGGED = "application/x-openccm-step";

interface Props {
  onPick: (kind: string) => void;
  columns?: number;
  draggable?: boolean;
}

export function Palette({ onPick, columns = 1, draggable = false }: Props) {
  const t = useWords();
  const { schema } = useWorkshop();
  return (
    <Stack gap="xs">
      {draggable && (
        <Text size="xs" c="dimmed">
          {t.addHint}
        </Text>
      )}
      <SimpleGrid cols={columns} spacing={4} verticalSpacing={4}>
        {stepKinds(schema).map(({ kind, about }) => {
          const look = lookOf(kind);
          return (
            <UnstyledButton
              key={kind}
              className={classes.kind}
              title={about}
              draggable={draggable}
              onDragStart={(event) => event.dataTransfer.setData(DRAGGED, kind)}
              onClick={() => onPick(kind)}
            >
              <look.icon size={18} stroke={1.8} color={`var(--mantine-color-${look.colour}-7)`} aria-hidden />
              <span>{kindWord(t, kind)}</span>
              {columns > 1 && <small>{about}</small>}
            </UnstyledButton>
          );
        })}
      </SimpleGrid>
    </Stack>
  );
}
