import { createRoute, lazyRouteComponent } from "@tanstack/react-router";

import { PANES, SIDES, type View } from "@/process/workshop";
import { root } from "@/shell/root";

const text = (value: unknown) => (typeof value === "string" ? value : undefined);

const draft = createRoute({
  getParentRoute: () => root,
  path: "/definitions/$code/draft",
  validateSearch: ({ view, step, side, file }): View => ({
    view: PANES.find((each) => each === view),
    step: text(step),
    side: SIDES.find((each) => each === side),
    file: text(file),
  }),
  component: lazyRouteComponent(() => import("./DraftPage"), "DraftPage"),
});

export const draftRoutes = [draft] as const;
