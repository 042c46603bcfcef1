/** A process that is only looked at, with marks where it differs from another. */
import { usePicture, type Marks } from "./usePicture";
import type { ProcessView } from "../view";
import { Canvas } from "./Canvas";

interface Props {
  view: ProcessView;
  marks?: Marks;
}

const NONE: never[] = [];

export default function Drawing({ view, marks }: Props) {
  const picture = usePicture({
    view,
    problems: NONE,
    selected: NONE,
    onInsert: null,
    ...(marks ? { marks } : {}),
  });
  return (
    <div style={{ height: "60vh", border: "1px solid var(--ccm-line)", borderRadius: 8, overflow: "hidden" }}>
      <Canvas nodes={picture.nodes} edges={picture.edges} ready={picture.ready} elementsSelectable={false} />
    </div>
  );
}
