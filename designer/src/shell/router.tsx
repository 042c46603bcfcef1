/** All routes. Each folder brings its own; a new folder is one line here. */
import { createRouter } from "@tanstack/react-router";

import { absenceRoutes } from "@/absence/routes";
import { contactRoutes } from "@/contacts/routes";
import { definitionRoutes } from "@/definitions/routes";
import { draftRoutes } from "@/drafts/routes";
import { personRoutes } from "@/persons/routes";
import { startRoutes } from "@/start/routes";
import { todoRoutes } from "@/todos/routes";
import { Waiting } from "@/ui/Asked";

import { boardRoutes } from "./boards";
import { root } from "./root";

export const router = createRouter({
  routeTree: root.addChildren([...startRoutes, ...definitionRoutes, ...draftRoutes, ...todoRoutes, ...personRoutes, ...contactRoutes, ...absenceRoutes, ...boardRoutes]),
  basepath: "/app",
  defaultPreload: "intent",
  defaultPendingComponent: Waiting,
  scrollRestoration: true,
});

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}
