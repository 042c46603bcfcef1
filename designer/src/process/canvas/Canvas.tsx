/** A process as a drawing that can be looked at. */
import "@xyflow/react/dist/style.css";

import { useComputedColorScheme } from "@mantine/core";
import { Background, Controls, MiniMap, ReactFlow, type ReactFlowProps, type Rect } from "@xyflow/react";
import { useEffect, useRef, type ReactNode } from "react";

import { useWords } from "../words";
import classes from "./canvas.module.css";
import { WIDTH } from "./layout";
import { EndNode, StepNode, type EndNodeType, type StepNodeType } from "./StepNode";
import { WayEdge, type WayEdgeType } from "./WayEdge";

const NODES = { step: StepNode, end: EndNode };
const EDGES = { way: WayEdge };

export type Drawn = StepNodeType | EndNodeType;

interface Props extends ReactFlowProps<Drawn, WayEdgeType> {
  children?: ReactNode;
  /** Whether all of it is known; then it is brought into view, once. */
  ready: boolean;
  /** A step to bring into view. */
  shown?: string | undefined;
}

export function Canvas({ children, ready, shown, nodes = [], ...rest }: Props) {
  const t = useWords();
  const scheme = useComputedColorScheme("light");
  const flow = useRef<Parameters<NonNullable<Props["onInit"]>>[0]>(null);
  const home = useRef<HTMLElement>(null);
  const begun = useRef(false);
  const first = nodes[0];
  useEffect(() => {
    if (!ready || begun.current || !flow.current || !first) return;
    begun.current = true;
    void flow.current.setViewport(opening(flow.current.getNodesBounds(nodes), first, home.current));
  }, [ready, first, nodes]);
  const target = nodes.find((node) => node.id === shown);
  const [x, y] = [target?.position.x, target?.position.y];
  useEffect(() => {
    const { current } = flow;
    if (!current || x === undefined || y === undefined) return;
    const zoom = current.getZoom();
    const place = current.flowToScreenPosition({ x, y });
    const pane = home.current?.getBoundingClientRect();
    const seen =
      pane !== undefined &&
      place.x > pane.left &&
      place.x < pane.right - 200 * zoom &&
      place.y > pane.top &&
      place.y < pane.bottom - 60 * zoom;
    if (!seen) void current.setCenter(x + 116, y + 34, { zoom, duration: 200 });
  }, [shown, x, y]);
  return (
    <section ref={home} className={classes.canvas} aria-label={t.canvas}>
      <ReactFlow<Drawn, WayEdgeType>
        nodes={nodes}
        nodeTypes={NODES}
        edgeTypes={EDGES}
        colorMode={scheme}
        nodesDraggable={false}
        nodesConnectable={false}
        deleteKeyCode={null}
        disableKeyboardA11y={false}
        minZoom={0.1}
        maxZoom={1.75}
        onInit={(instance) => {
          flow.current = instance;
        }}
        proOptions={{ hideAttribution: false }}
        {...rest}
      >
        <Background gap={24} size={1} />
        <Controls showInteractive={false} position="bottom-left" aria-label={t.fit} />
        <MiniMap pannable zoomable position="bottom-right" ariaLabel={null} nodeStrokeWidth={2} style={{ width: 132, height: 96 }} />
        {children}
      </ReactFlow>
    </section>
  );
}

/** All of it where it can be read, else its beginning. */
function opening(all: Rect, first: Drawn, pane: HTMLElement | null) {
  const [width, height] = [pane?.clientWidth ?? 800, pane?.clientHeight ?? 600];
  const fit = Math.min((width - 80) / all.width, (height - 80) / all.height);
  const zoom = Math.min(1, Math.max(0.75, fit));
  const centre = fit >= 0.75 ? all.x + all.width / 2 : first.position.x + WIDTH / 2;
  const top = fit >= 0.75 ? (height - all.height * zoom) / 2 : 36;
  return { x: width / 2 - centre * zoom, y: top - all.y * zoom, zoom };
}
