/** Two texts side by side, with what differs marked. */
import { yaml } from "@codemirror/lang-yaml";
import { MergeView } from "@codemirror/merge";
import { EditorState } from "@codemirror/state";
import { EditorView, lineNumbers } from "@codemirror/view";
import { useEffect, useRef } from "react";

import { nonce } from "@/lib/nonce";

import { appearance } from "./extensions";
import classes from "./TextPane.module.css";

export function Difference({ before, after }: { before: string; after: string }) {
  const home = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (!home.current) return undefined;
    const extensions = [
      EditorView.cspNonce.of(nonce),
      EditorState.readOnly.of(true),
      EditorView.editable.of(false),
      EditorView.lineWrapping,
      lineNumbers(),
      yaml(),
      appearance,
    ];
    const view = new MergeView({
      a: { doc: before, extensions },
      b: { doc: after, extensions },
      parent: home.current,
      collapseUnchanged: { margin: 3, minSize: 6 },
      gutter: true,
    });
    return () => view.destroy();
  }, [before, after]);
  return <div ref={home} className={classes.difference} role="group" tabIndex={0} />;
}
