/** The rows of a decision table as a grid one types in, moves in and pastes into. */
import { Text, Tooltip, UnstyledButton } from "@mantine/core";
import { IconAlertCircleFilled, IconAlertTriangleFilled } from "@tabler/icons-react";
import { Fragment, useRef, useState, type ClipboardEvent, type KeyboardEvent } from "react";

import type { Problem } from "../queries";
import { useOpen, useWorkshop } from "../workshop";
import { sheetOf, shownCell } from "./cells";
import { RowMenu } from "./RowMenu";
import classes from "./Table.module.css";
import { cellOf, freshRow, placeOf, write, type Column, type Row, type TableView, type Typed } from "./table";
import { useTableWords } from "./words";

interface Spot {
  row: number;
  column: number;
}

/** How far down and right. */
type Move = [number, number];

interface Props {
  view: TableView;
  onColumn: (column: Column) => void;
}

const worstOf = (found: readonly Problem[]) =>
  found.some((each) => each.severity === "error") ? "error" : found.length > 0 ? "warning" : undefined;

export function Grid({ view, onColumn }: Props) {
  const t = useTableWords();
  const open = useOpen();
  const { act, problems } = useWorkshop();
  const home = useRef<HTMLTableElement>(null);
  const [at, setAt] = useState<Spot>({ row: 0, column: 0 });
  const [editing, setEditing] = useState<string | null>(null);
  const { columns, rows } = view;
  const spot = { row: Math.min(at.row, rows.length - 1), column: Math.min(at.column, columns.length - 1) };
  const focus = (next: Spot) => {
    setAt(next);
    requestAnimationFrame(() => home.current?.querySelector<HTMLElement>(`[data-spot="${next.row}:${next.column}"]`)?.focus());
  };
  const go = (down: number, right: number) =>
    focus({
      row: Math.max(0, Math.min(rows.length - 1, spot.row + down)),
      column: Math.max(0, Math.min(columns.length - 1, spot.column + right)),
    });
  const put = (typed: Typed[]) => act((reading) => write(reading, view, typed));
  const finish = (text: string, move: Move | null) => {
    const [row, column] = [rows[spot.row], columns[spot.column]];
    setEditing(null);
    if (row && column && text !== shownCell(cellOf(row, column))) put([{ row: row.id, column, text }]);
    if (move !== null) go(...move);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (editing !== null || event.target instanceof HTMLButtonElement) return;
    const moves: Record<string, Move> = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1], Home: [0, -1000], End: [0, 1000] };
    const move = moves[event.key];
    const [row, column] = [rows[spot.row], columns[spot.column]];
    if (move) go(...move);
    else if (!open || !row || !column || event.ctrlKey || event.metaKey || event.altKey) return;
    else if (event.key === "Enter" || event.key === "F2") setEditing(shownCell(cellOf(row, column)));
    else if (event.key === "Delete" || event.key === "Backspace") put([{ row: row.id, column, text: "" }]);
    else if (event.key.length === 1) setEditing(event.key);
    else return;
    event.preventDefault();
  };
  const onPaste = (event: ClipboardEvent) => {
    if (editing !== null || !open) return;
    const sheet = sheetOf(event.clipboardData.getData("text/plain"));
    event.preventDefault();
    put(spread(view, sheet, spot));
  };
  const onCopy = (event: ClipboardEvent) => {
    const [row, column] = [rows[spot.row], columns[spot.column]];
    if (editing !== null || !row || !column) return;
    event.clipboardData.setData("text/plain", shownCell(cellOf(row, column)));
    event.preventDefault();
  };
  const groups = [
    { part: "when", label: t.when, span: columns.filter((each) => each.part === "when").length },
    { part: "then", label: t.then, span: columns.filter((each) => each.part === "then").length },
    { part: "note", label: "", span: columns.filter((each) => each.part === "note" || each.part === "priority").length },
  ].filter((each) => each.span > 0);
  return (
    <div className={classes.frame}>
      <table ref={home} role="grid" aria-label={t.rules} className={classes.grid} onKeyDown={onKeyDown} onPaste={onPaste} onCopy={onCopy}>
        <thead>
          <tr>
            <td className={classes.group} />
            {groups.map(({ part, label, span }) =>
              label === "" ? <td key={part} colSpan={span} /> : <th key={part} colSpan={span} scope="colgroup" data-part={part} className={classes.group}>{label}</th>,
            )}
          </tr>
          <tr>
            <th scope="col">{t.row}</th>
            {columns.map((column) => (
              <th key={column.part + column.name} scope="col" data-part={column.part}>
                {column.part === "note" || column.part === "priority" ? (
                  t[column.part]
                ) : (
                  <UnstyledButton fz="inherit" fw={600} disabled={!open} aria-label={t.column(`${column.label} ${column.type}`)} onClick={() => onColumn(column)}>
                    {column.label} <span className={classes.type}>{column.type}</span>
                  </UnstyledButton>
                )}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, index) => (
            <Line
              key={row.id}
              view={view}
              row={row}
              index={index}
              spot={spot.row === index ? spot : null}
              editing={spot.row === index ? editing : null}
              problems={problems.filter((each) => placeOf(each)[0] === "rows" && placeOf(each)[1] === row.id)}
              onFocus={(column) => setAt({ row: index, column })}
              onEdit={(text) => open && setEditing(text)}
              onFinish={finish}
              onCancel={() => {
                setEditing(null);
                focus(spot);
              }}
            />
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** What was pasted, from the cell at work on to the right and down. */
function spread(view: TableView, sheet: string[][], spot: Spot): Typed[] {
  const taken: string[] = [];
  return sheet.flatMap((cells, down) => {
    let row = view.rows[spot.row + down]?.id;
    if (row === undefined) {
      row = freshRow(view, taken);
      taken.push(row);
    }
    const id = row;
    return cells.flatMap((text, right) => {
      const column = view.columns[spot.column + right];
      return column ? [{ row: id, column, text }] : [];
    });
  });
}

interface LineProps {
  view: TableView;
  row: Row;
  index: number;
  spot: Spot | null;
  editing: string | null;
  problems: readonly Problem[];
  onFocus: (column: number) => void;
  onEdit: (text: string) => void;
  onFinish: (text: string, move: Move | null) => void;
  onCancel: () => void;
}

function Line({ view, row, index, spot, editing, problems, onFocus, onEdit, onFinish, onCancel }: LineProps) {
  const t = useTableWords();
  const inCell = (column: Column) => problems.filter((each) => placeOf(each)[2] === column.part && [undefined, column.name].includes(placeOf(each)[3]));
  const worst = worstOf(problems);
  return (
    <Fragment>
      <tr>
        <th scope="row" data-worst={worst}>
          <span className={classes.head}>
            {worst && <Sign worst={worst} problems={problems} />}
            <Text span size="sm" ff="monospace" fw={600}>
              {row.id}
            </Text>
            <RowMenu view={view} row={row} index={index} />
          </span>
        </th>
        {view.columns.map((column, place) => {
          const value = shownCell(cellOf(row, column));
          const mine = spot?.column === place;
          const busy = mine && editing !== null;
          return (
            <td
              key={column.part + column.name}
              role="gridcell"
              data-part={column.part}
              data-spot={`${index}:${place}`}
              data-editing={busy || undefined}
              data-worst={worstOf(inCell(column))}
              tabIndex={mine || (spot === null && index === 0 && place === 0) ? 0 : -1}
              onFocus={() => onFocus(place)}
              onDoubleClick={() => onEdit(value)}
            >
              {busy ? (
                <CellInput column={column} label={`${row.id}: ${column.label || t[column.part]}`} begun={editing} onFinish={onFinish} onCancel={onCancel} />
              ) : value === "" && column.part === "when" ? (
                <span className={classes.any}>{t.anything}</span>
              ) : (
                value
              )}
            </td>
          );
        })}
      </tr>
      {problems.length > 0 && (
        <tr>
          <td colSpan={view.columns.length + 1} className={classes.found} data-worst={worst}>
            {problems.map((each) => (
              <div key={`${each.line}:${each.message}`}>
                {each.message} <span className={classes.any}>{each.mend}</span>
              </div>
            ))}
          </td>
        </tr>
      )}
    </Fragment>
  );
}

function Sign({ worst, problems }: { worst: "error" | "warning"; problems: readonly Problem[] }) {
  const says = problems.map((each) => each.message).join("\n");
  const Icon = worst === "error" ? IconAlertCircleFilled : IconAlertTriangleFilled;
  return (
    <Tooltip label={says} multiline maw={360}>
      <Icon size={16} role="img" aria-label={says} color={worst === "error" ? "var(--mantine-color-error)" : "var(--mantine-color-orange-7)"} />
    </Tooltip>
  );
}

interface CellInputProps {
  column: Column;
  label: string;
  begun: string;
  onFinish: (text: string, move: Move | null) => void;
  onCancel: () => void;
}

function CellInput({ column, label, begun, onFinish, onCancel }: CellInputProps) {
  const [text, setText] = useState(begun);
  const done = useRef(false);
  const list = column.values.length > 0 ? `values-${column.part}-${column.name}` : undefined;
  const finish = (move: Move | null) => {
    if (done.current) return;
    done.current = true;
    onFinish(text, move);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    event.stopPropagation();
    if (event.key === "Enter") finish([event.shiftKey ? -1 : 1, 0]);
    else if (event.key === "Tab") finish([0, event.shiftKey ? -1 : 1]);
    else if (event.key === "Escape") {
      done.current = true;
      onCancel();
    } else return;
    event.preventDefault();
  };
  return (
    <>
      <input className={classes.input} aria-label={label} value={text} list={list} autoFocus onChange={(event) => setText(event.currentTarget.value)} onKeyDown={onKeyDown} onBlur={() => finish(null)} />
      {list !== undefined && (
        <datalist id={list}>
          {column.values.map((value) => (
            <option key={value} value={value} />
          ))}
        </datalist>
      )}
    </>
  );
}
