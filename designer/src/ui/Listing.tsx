/** A list: a table on a wide screen, cards on a narrow one; its pages come from the server. */
import { Button, Group, Stack, Table } from "@mantine/core";
import { IconChevronRight, IconChevronsLeft } from "@tabler/icons-react";
import type { UseQueryResult } from "@tanstack/react-query";
import type { ReactNode } from "react";

import { Asked } from "./Asked";
import classes from "./Listing.module.css";
import { useWords } from "./words";

export interface Column<T> {
  title: string;
  cell: (row: T) => ReactNode;
  number?: boolean;
}

interface RowsProps<T> {
  label: string;
  rows: readonly T[];
  columns: readonly Column<T>[];
  keyOf: (row: T) => string;
}

/** All rows at once. */
export function Rows<T>({ label, rows, columns, keyOf }: RowsProps<T>) {
  return (
    <Table role="table" aria-label={label} className={classes.table}>
      <Table.Thead role="rowgroup" className={classes.heads}>
        <Table.Tr role="row">
          {columns.map(({ title, number }) => (
            <Table.Th
              key={title}
              role="columnheader"
              className={number === true ? `${classes.head} ${classes.number}` : classes.head}
            >
              {title}
            </Table.Th>
          ))}
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody role="rowgroup" className={classes.body}>
        {rows.map((row) => (
          <Table.Tr key={keyOf(row)} role="row" className={classes.row}>
            {columns.map(({ title, cell, number }) => (
              <Table.Td
                key={title}
                role="cell"
                data-label={title}
                className={number === true ? `${classes.cell} ${classes.number}` : classes.cell}
              >
                <div>{cell(row)}</div>
              </Table.Td>
            ))}
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}

interface Props<T> extends Omit<RowsProps<T>, "rows"> {
  query: UseQueryResult<{ items: T[]; next: string | null }>;
  /** What is said where there is none. */
  empty: ReactNode;
  /** The last id of the page before, as it stands in the address. */
  after: string | undefined;
  onPage: (after: string | undefined) => void;
}

/** One page of many. */
export function Listing<T>({ query, empty, after, onPage, ...rest }: Props<T>) {
  const t = useWords();
  return (
    <Asked query={query}>
      {({ items, next }) => (
        <Stack>
          {items.length === 0 ? empty : <Rows {...rest} rows={items} />}
          {(after !== undefined || next !== null) && (
            <Group justify="space-between">
              <Button
                variant="default"
                size="xs"
                disabled={after === undefined}
                leftSection={<IconChevronsLeft size={14} />}
                onClick={() => onPage(undefined)}
              >
                {t.firstPage}
              </Button>
              <Button
                variant="default"
                size="xs"
                disabled={next === null}
                rightSection={<IconChevronRight size={14} />}
                onClick={() => onPage(next ?? undefined)}
              >
                {t.nextPage}
              </Button>
            </Group>
          )}
        </Stack>
      )}
    </Asked>
  );
}
