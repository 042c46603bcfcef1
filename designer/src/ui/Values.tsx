/** Values as people read them, each behind its label. */
import { Table, Text } from "@mantine/core";

import type { Schemas } from "@/lib/api";
import { day, moment } from "@/lib/times";
import { currentLanguage } from "@/lib/words";

import classes from "./Values.module.css";
import { useWords } from "./words";

export type Shape = Schemas["ValueRead"];

/** The value behind a dotted name of nested values. */
export function valueAt(values: unknown, name: string): unknown {
  return name.split(".").reduce<unknown>(
    (found, part) =>
      typeof found === "object" && found !== null ? (found as Record<string, unknown>)[part] : undefined,
    values,
  );
}

export function labelOf(shape: Shape): string {
  const words = shape.name.replaceAll(/[._]/g, " ");
  return shape.label ?? words.charAt(0).toUpperCase() + words.slice(1);
}

function money(value: unknown, currency: string | null): string {
  const amount = Number(value);
  const style: Intl.NumberFormatOptions =
    currency === null ? { minimumFractionDigits: 2 } : { style: "currency", currency };
  return Number.isFinite(amount) ? new Intl.NumberFormat(currentLanguage(), style).format(amount) : String(value);
}

function Value({ shape, value }: { shape: Shape; value: unknown }) {
  const t = useWords();
  switch (shape.type) {
    case "money":
      return money(value, shape.currency);
    case "date":
      return day(String(value));
    case "datetime":
      return moment(String(value));
    case "boolean":
      return value === true ? t.yes : t.no;
    case "object":
      return <Values shapes={shape.parts} values={value} />;
    case "list":
      return <Rows shape={shape} rows={Array.isArray(value) ? value : []} />;
    default:
      return <span className={classes.text}>{String(value)}</span>;
  }
}

function Rows({ shape, rows }: { shape: Shape; rows: unknown[] }) {
  return (
    <Table.ScrollContainer minWidth={0}>
      <Table verticalSpacing={4}>
        <Table.Thead>
          <Table.Tr>
            {shape.parts.map((part) => (
              <Table.Th key={part.name}>{labelOf(part)}</Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {rows.map((row, index) => (
            <Table.Tr key={index}>
              {shape.parts.map((part) => (
                <Table.Td key={part.name}>
                  <Given shape={part} value={valueAt(row, part.name)} />
                </Table.Td>
              ))}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}

function Given({ shape, value }: { shape: Shape; value: unknown }) {
  if (value === undefined || value === null || value === "") return <Text span c="dimmed">–</Text>;
  return <Value shape={shape} value={value} />;
}

export function Values({ shapes, values }: { shapes: readonly Shape[]; values: unknown }) {
  return (
    <dl className={classes.list}>
      {shapes.map((shape) => (
        <div key={shape.name} className={classes.pair}>
          <dt>{labelOf(shape)}</dt>
          <dd>
            <Given shape={shape} value={valueAt(values, shape.name)} />
          </dd>
        </div>
      ))}
    </dl>
  );
}
