/**
 * The text under work, and everything that follows from it.
 *
 * There is one document and one history of it: canvas, forms and text all change the same CodeMirror
 * state, and nothing else is ever edited.
 */
import { history, isolateHistory, redo, redoDepth, undo, undoDepth } from "@codemirror/commands";
import { Compartment, EditorState, type Extension, Transaction } from "@codemirror/state";
import { EditorView } from "@codemirror/view";

import { nonce } from "@/lib/nonce";
import { read, Refusal, type Fault, type Reading, type Splice } from "@/yaml/reading";
import { apply } from "@/yaml/splicing";

import { EMPTY, project, type ProcessView } from "./view";

const TYPING_PAUSE = 120;

export interface Snapshot {
  text: string;
  reading: Reading;
  /** The last picture that could be read. */
  process: ProcessView;
  /** Why the text cannot be read now; canvas and forms rest until it can. */
  faults: Fault[];
  canUndo: boolean;
  canRedo: boolean;
  changed: boolean;
}

export class Manuscript {
  readonly view: EditorView;
  readonly bracket: { bom: string; newline: string };
  private readonly listeners = new Set<() => void>();
  private readonly room = new Compartment();
  private saved: string;
  private equipped = false;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private current: Snapshot;

  constructor(source: string) {
    const bom = source.startsWith("\ufeff") ? "\ufeff" : "";
    this.bracket = { bom, newline: source.includes("\r\n") ? "\r\n" : "\n" };
    const text = source.slice(bom.length).replaceAll("\r\n", "\n");
    this.saved = text;
    this.view = new EditorView({
      state: EditorState.create({
        doc: text,
        extensions: [
          history(),
          EditorView.cspNonce.of(nonce),
          this.room.of([]),
          EditorView.updateListener.of((update) => {
            if (update.docChanged) this.follow(update.transactions.some(isDeed));
          }),
        ],
      }),
    });
    this.current = this.take(EMPTY);
  }

  readonly subscribe = (tell: () => void): (() => void) => {
    this.listeners.add(tell);
    return () => this.listeners.delete(tell);
  };

  readonly snapshot = (): Snapshot => this.current;

  /** The bytes to keep: the text with the line ends it came with. */
  get source(): string {
    return this.bracket.bom + this.text.replaceAll("\n", this.bracket.newline);
  }

  get text(): string {
    return this.view.state.doc.toString();
  }

  /** One deed of a person: one step back undoes all of it. */
  edit(deed: (reading: Reading, process: ProcessView) => Splice[]): void {
    this.settle();
    const { reading, process } = this.current;
    const splices = deed(reading, process);
    if (splices.length === 0) return;
    if (read(apply(reading.text, splices)).faults.length > 0) throw new Refusal("shape");
    this.view.dispatch({
      changes: splices,
      annotations: [isolateHistory.of("full"), Transaction.userEvent.of("input.canvas")],
    });
  }

  undo(): void {
    undo(this.view);
  }

  redo(): void {
    redo(this.view);
  }

  /** Take another text in place of this one, as a deed that can be undone. */
  replace(source: string): void {
    const text = source.replace(/^\ufeff/, "").replaceAll("\r\n", "\n");
    this.view.dispatch({
      changes: { from: 0, to: this.view.state.doc.length, insert: text },
      annotations: [isolateHistory.of("full"), Transaction.userEvent.of("input.canvas")],
    });
  }

  /** The server has this text now. */
  keep(source: string): void {
    this.saved = source.replace(/^\ufeff/, "").replaceAll("\r\n", "\n");
    this.publish();
  }

  /** What the text pane needs besides, once it is shown for the first time. */
  equip(extensions: () => Extension): void {
    if (this.equipped) return;
    this.equipped = true;
    this.view.dispatch({ effects: this.room.reconfigure(extensions()) });
  }

  /** Follow what was typed at once, if that is still due. */
  settle(): void {
    if (this.timer === undefined) return;
    clearTimeout(this.timer);
    this.timer = undefined;
    this.publish();
  }

  private follow(atOnce: boolean): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    if (atOnce) this.publish();
    else this.timer = setTimeout(() => this.settle(), TYPING_PAUSE);
  }

  private publish(): void {
    this.current = this.take(this.current.process);
    for (const tell of this.listeners) tell();
  }

  private take(last: ProcessView): Snapshot {
    const { state } = this.view;
    const text = state.doc.toString();
    const reading = read(text);
    return {
      text,
      reading,
      process: reading.faults.length > 0 ? last : project(reading),
      faults: reading.faults,
      canUndo: undoDepth(state) > 0,
      canRedo: redoDepth(state) > 0,
      changed: text !== this.saved,
    };
  }
}

/** Whether somebody did something whole, rather than typed a letter. */
function isDeed(transaction: Transaction): boolean {
  return ["input.canvas", "undo", "redo"].some((name) => transaction.isUserEvent(name));
}
