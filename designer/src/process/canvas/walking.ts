/** Moving about the canvas without looking at pixels. */
import type { ProcessView } from "../view";

/** The step that an arrow key leads to: along the ways, or to what stands beside in the text. */
export function neighbour(view: ProcessView, from: string | undefined, key: string): string | undefined {
  const step = from === undefined ? undefined : view.byId.get(from);
  if (!step) return view.steps[0]?.id;
  const at = view.steps.indexOf(step);
  switch (key) {
    case "ArrowDown":
      return step.ways.find((way) => view.byId.has(way.target))?.target;
    case "ArrowUp":
      return view.steps.find((each) => each.ways.some((way) => way.target === from))?.id;
    case "ArrowRight":
      return view.steps[at + 1]?.id;
    default:
      return view.steps[at - 1]?.id;
  }
}

const REACH = 90;

/** The nearest place to put a step, if one is near enough. */
export function plusNear(all: Iterable<HTMLElement>, x: number, y: number): HTMLElement | undefined {
  let best: HTMLElement | undefined;
  let least = REACH;
  for (const each of all) {
    const box = each.getBoundingClientRect();
    const distance = Math.hypot(box.x + box.width / 2 - x, box.y + box.height / 2 - y);
    if (distance < least) [best, least] = [each, distance];
  }
  return best;
}
