/** What can be done with a whole row. */
import { ActionIcon, Button, Menu, Modal, Stack, TextInput } from "@mantine/core";
import { IconArrowDown, IconArrowUp, IconDotsVertical, IconPencil, IconRowInsertBottom, IconTrash } from "@tabler/icons-react";
import { useState, type FormEvent } from "react";

import { useOpen, useWorkshop } from "../workshop";
import { addRow, freshRow, moveRow, removeRow, renameRow, type Row, type TableView } from "./table";
import { useTableWords } from "./words";

const NAME = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;

export function RowMenu({ view, row, index }: { view: TableView; row: Row; index: number }) {
  const t = useTableWords();
  const open = useOpen();
  const { act } = useWorkshop();
  const [renamed, setRenamed] = useState<string | null>(null);
  if (!open) return null;
  const problem = renamed === null || renamed === row.id ? null : !NAME.test(renamed) ? t.nameBad : view.rows.some((each) => each.id === renamed) ? t.nameTaken : null;
  const rename = (event: FormEvent) => {
    event.preventDefault();
    if (renamed !== null && renamed !== row.id) act((reading) => renameRow(reading, view, row.id, renamed));
    setRenamed(null);
  };
  return (
    <>
      <Menu position="bottom-start" withinPortal>
        <Menu.Target>
          <ActionIcon variant="subtle" color="gray" size={24} ml="auto" aria-label={t.rowDeeds(row.id)}>
            <IconDotsVertical size={15} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item leftSection={<IconRowInsertBottom size={16} />} onClick={() => act((reading) => addRow(reading, view, row.id, freshRow(view)))}>
            {t.below}
          </Menu.Item>
          <Menu.Item leftSection={<IconArrowUp size={16} />} disabled={index === 0} onClick={() => act((reading) => moveRow(reading, view, row.id, -1))}>
            {t.moveUp}
          </Menu.Item>
          <Menu.Item leftSection={<IconArrowDown size={16} />} disabled={index === view.rows.length - 1} onClick={() => act((reading) => moveRow(reading, view, row.id, 1))}>
            {t.moveDown}
          </Menu.Item>
          <Menu.Item leftSection={<IconPencil size={16} />} onClick={() => setRenamed(row.id)}>
            {t.rename}
          </Menu.Item>
          <Menu.Item leftSection={<IconTrash size={16} />} color="red" disabled={view.rows.length === 1} onClick={() => act((reading) => removeRow(reading, row.id))}>
            {t.remove}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <Modal opened={renamed !== null} onClose={() => setRenamed(null)} title={t.renameRow(row.id)} centered>
        <form onSubmit={rename}>
          <Stack>
            <TextInput label={t.name} description={t.nameHint} data-autofocus required error={problem} value={renamed ?? ""} onChange={(event) => setRenamed(event.currentTarget.value)} />
            <Button type="submit" disabled={problem !== null || renamed === ""}>
              {t.done}
            </Button>
          </Stack>
        </form>
      </Modal>
    </>
  );
}
