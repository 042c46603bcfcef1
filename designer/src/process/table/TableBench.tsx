/** The bench of a decision table: its grid and its cases, or its text. */
import { Alert, Button, Group, Paper, SegmentedControl, Select, Stack, Text, TextInput } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import { lazy, Suspense, useState } from "react";

import { Waiting } from "@/ui/Asked";
import { remove, set } from "@/yaml/splicing";

import { Broken } from "../Broken";
import type { BenchProps } from "../Designer";
import designer from "../Designer.module.css";
import { Problems } from "../Problems";
import { settled } from "../schema";
import { HistoryButtons } from "../Toolbar";
import { useOpen, useSnapshot, useWorkshop } from "../workshop";
import { useWords } from "../words";
import { shownCell, typedCell } from "./cells";
import { ColumnForm, NewColumn } from "./ColumnForm";
import { Grid } from "./Grid";
import classes from "./Table.module.css";
import { addRow, freshRow, placeOf, tableOf, type Column, type TableView } from "./table";
import { TableCases } from "./TableCases";
import { useTableWords } from "./words";

const TextPane = lazy(() => import("../text/TextPane"));

export default function TableBench({ state, view, onView }: BenchProps) {
  const t = useTableWords();
  const words = useWords();
  const shown = view.view === "text" ? "text" : "grid";
  return (
    <div className={designer.bench}>
      <Group px="md" py={8} gap="sm" style={{ borderBottom: "1px solid var(--ccm-line)", background: "var(--ccm-panel)" }}>
        <SegmentedControl
          size="xs"
          value={shown}
          data={[
            { value: "grid", label: t.grid },
            { value: "text", label: words.text },
          ]}
          onChange={(next) => onView({ view: next as "grid" | "text" })}
        />
        <HistoryButtons />
        <Policy />
      </Group>
      <Broken />
      {shown === "text" ? (
        <section className={designer.alone} aria-label={words.text}>
          <Suspense fallback={<Waiting />}>
            <TextPane />
          </Suspense>
        </section>
      ) : (
        <Rows state={state} />
      )}
      <Paper className={designer.problems} component="section" aria-label={words.problems} tabIndex={0}>
        <Problems state={state} />
      </Paper>
    </div>
  );
}

function Policy() {
  const t = useTableWords();
  const open = useOpen();
  const { act, schema } = useWorkshop();
  const { process } = useSnapshot();
  const field = settled(schema, schema.properties?.policy);
  return (
    <Group gap={6} ml="auto" wrap="nowrap">
      <Text size="sm" id="policy">
        {t.policy}
      </Text>
      <Select
        size="xs"
        w={140}
        aria-labelledby="policy"
        data={(field?.enum ?? []).map(String)}
        value={typeof process.data.policy === "string" ? process.data.policy : null}
        allowDeselect={false}
        disabled={!open}
        onChange={(policy) => policy !== null && act((reading) => set(reading, ["policy"], policy))}
      />
    </Group>
  );
}

function Rows({ state }: Pick<BenchProps, "state">) {
  const t = useTableWords();
  const open = useOpen();
  const { act, problems } = useWorkshop();
  const { reading, faults } = useSnapshot();
  const [column, setColumn] = useState<Column | null>(null);
  const [added, setAdded] = useState<"when" | "then" | null>(null);
  const [last, setLast] = useState<TableView | null>(null);
  // While the text cannot be read the grid stays as it was.
  const table = faults.length === 0 ? tableOf(reading) : last;
  if (faults.length === 0 && JSON.stringify(table) !== JSON.stringify(last)) setLast(table);
  if (table === null) return <div className={classes.scroll}>{t.unreadable}</div>;
  const general = problems.filter((each) => placeOf(each).length === 1 && placeOf(each)[0] === "rows");
  return (
    <div className={classes.scroll} tabIndex={0} role="region" aria-label={t.grid}>
      <Stack gap="md">
        {general.length > 0 && (
          <Alert color={general.some((each) => each.severity === "error") ? "red" : "orange"} variant="light" title={t.found} py={8}>
            {general.map((each) => (
              <Text key={each.message} size="sm">
                {each.message} <Text span size="sm" c="dimmed">{each.mend}</Text>
              </Text>
            ))}
          </Alert>
        )}
        <Text size="xs" c="dimmed">
          {t.gridHint}
        </Text>
        <Grid view={table} onColumn={setColumn} />
        <Otherwise view={table} />
        {open && (
          <Group gap="xs">
            <Button size="xs" variant="default" leftSection={<IconPlus size={14} />} onClick={() => act((text) => addRow(text, table, null, freshRow(table)))}>
              {t.addRow}
            </Button>
            <Button size="xs" variant="default" leftSection={<IconPlus size={14} />} onClick={() => setAdded("when")}>
              {t.addInput}
            </Button>
            <Button size="xs" variant="default" leftSection={<IconPlus size={14} />} onClick={() => setAdded("then")}>
              {t.addOutput}
            </Button>
          </Group>
        )}
        <TableCases view={table} state={state} />
      </Stack>
      {column && <ColumnForm view={table} column={column} onClose={() => setColumn(null)} />}
      {added && <NewColumn view={table} part={added} onClose={() => setAdded(null)} />}
    </div>
  );
}

/** The answer where no row matches. */
function Otherwise({ view }: { view: TableView }) {
  const t = useTableWords();
  const open = useOpen();
  const { act } = useWorkshop();
  const outputs = view.columns.filter((each) => each.part === "then");
  if (view.otherwise === null) {
    return (
      <Group gap="xs">
        <Text size="sm" c="dimmed">
          {t.noOtherwise}
        </Text>
        {open && (
          <Button size="compact-xs" variant="default" onClick={() => act((reading) => set(reading, ["otherwise"], Object.fromEntries(outputs.map((each) => [each.name, each.values[0] === undefined ? (each.type === "text" ? "" : 0) : (typedCell(each.values[0], each.type) ?? "")]))))}>
            {t.addOtherwise}
          </Button>
        )}
      </Group>
    );
  }
  return (
    <Group gap="sm" align="flex-end" role="group" aria-label={t.otherwise}>
      <Text size="sm" fw={600} ff="monospace" pb={6}>
        {t.otherwise}
      </Text>
      {outputs.map((column) => (
        <OtherwiseInput key={column.name} view={view} column={column} />
      ))}
      {open && (
        <Button size="xs" variant="subtle" color="gray" onClick={() => act((reading) => remove(reading, ["otherwise"]))}>
          {t.removeOtherwise}
        </Button>
      )}
    </Group>
  );
}

function OtherwiseInput({ view, column }: { view: TableView; column: Column }) {
  const open = useOpen();
  const { act } = useWorkshop();
  const value = shownCell(view.otherwise?.[column.name]);
  const [typed, setTyped] = useState(value);
  const [before, setBefore] = useState(value);
  if (before !== value) {
    setBefore(value);
    setTyped(value);
  }
  const done = () => {
    if (typed !== value) act((reading) => set(reading, ["otherwise", column.name], typedCell(typed, column.type)));
  };
  return <TextInput size="xs" w={140} label={column.label} disabled={!open} value={typed} onChange={(event) => setTyped(event.currentTarget.value)} onBlur={done} onKeyDown={(event) => event.key === "Enter" && done()} />;
}
