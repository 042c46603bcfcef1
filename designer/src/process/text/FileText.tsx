/** One of the files beside a definition's text: a template, a sample, a saved case. */
import { html } from "@codemirror/lang-html";
import { jinja } from "@codemirror/lang-jinja";
import { yaml } from "@codemirror/lang-yaml";
import { defaultKeymap, history, historyKeymap, indentWithTab } from "@codemirror/commands";
import { bracketMatching, foldGutter, indentUnit } from "@codemirror/language";
import { lintGutter, setDiagnostics } from "@codemirror/lint";
import { highlightSelectionMatches, search, searchKeymap } from "@codemirror/search";
import { EditorState, type Extension } from "@codemirror/state";
import { drawSelection, EditorView, highlightActiveLine, keymap, lineNumbers } from "@codemirror/view";
import { useEffect, useRef, type RefObject } from "react";

import { nonce } from "@/lib/nonce";

import { useContents, type Folder } from "../folder";
import type { Problem } from "../queries";
import { useWorkshop } from "../workshop";
import { appearance } from "./extensions";
import classes from "./TextPane.module.css";

interface Props {
  path: string;
  label: string;
  problems?: readonly Problem[];
  /** The editor, for those who put something into it. */
  editorRef?: RefObject<EditorView | null>;
  readOnly?: boolean;
}

const NONE: Problem[] = [];

// Every file keeps its own history while the definition is open.
const kept = new WeakMap<Folder, Map<string, EditorState>>();

export default function FileText({ path, label, problems = NONE, editorRef, readOnly = false }: Props) {
  const { folder, editable: mine } = useWorkshop();
  const editable = mine && !readOnly;
  const { files } = useContents();
  const home = useRef<HTMLDivElement>(null);
  const own = useRef<EditorView>(null);
  useEffect(() => {
    const states = kept.get(folder) ?? new Map<string, EditorState>();
    kept.set(folder, states);
    const before = states.get(path);
    const view = new EditorView({
      state: before?.doc.toString() === folder.textOf(path) ? before : begin(folder, path, label, editable),
    });
    home.current?.append(view.dom);
    own.current = view;
    if (editorRef) editorRef.current = view;
    return () => {
      states.set(path, view.state);
      view.destroy();
    };
  }, [folder, path, label, editable, editorRef]);
  const text = files[path];
  useEffect(() => {
    const view = own.current;
    if (view === null || typeof text !== "string" || view.state.doc.toString() === text) return;
    view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: text } });
  }, [text]);
  useEffect(() => {
    const view = own.current;
    if (view === null) return;
    const { doc } = view.state;
    const marks = problems.flatMap((each) => {
      if (each.line > doc.lines) return [];
      const line = doc.line(Math.max(1, each.line));
      const from = Math.min(line.to, line.from + Math.max(0, each.column - 1));
      return [{ from, to: line.to, severity: each.severity, message: `${each.message} ${each.mend}` }];
    });
    view.dispatch(setDiagnostics(view.state, marks));
  }, [problems, path, text]);
  return <div ref={home} className={classes.pane} />;
}

function begin(folder: Folder, path: string, label: string, editable: boolean): EditorState {
  return EditorState.create({
    doc: folder.textOf(path),
    extensions: [
      history(),
      lineNumbers(),
      foldGutter(),
      drawSelection(),
      highlightActiveLine(),
      highlightSelectionMatches(),
      bracketMatching(),
      search({ top: true }),
      indentUnit.of("  "),
      languageOf(path),
      appearance,
      lintGutter(),
      EditorView.lineWrapping,
      EditorView.cspNonce.of(nonce),
      keymap.of([...searchKeymap, ...historyKeymap, ...defaultKeymap, indentWithTab]),
      EditorState.readOnly.of(!editable),
      EditorView.contentAttributes.of({ "aria-label": label, tabindex: "0" }),
      EditorView.updateListener.of(({ docChanged, state }) => {
        if (docChanged) folder.write(path, state.doc.toString());
      }),
    ],
  });
}

function languageOf(path: string): Extension {
  if (path.endsWith(".yaml")) return yaml();
  return path.endsWith(".html") ? jinja({ base: html() }) : jinja();
}
