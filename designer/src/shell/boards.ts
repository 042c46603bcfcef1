/** The routes of the boards: for supervisors, operators and administrators. */
import { auditRoutes } from "@/audit/routes";
import { errorRoutes } from "@/errors/routes";
import { eventRoutes } from "@/events/routes";
import { holdRoutes } from "@/holds/routes";
import { instanceRoutes } from "@/instances/routes";
import { jobRoutes } from "@/jobs/routes";
import { operationRoutes } from "@/operations/routes";
import { peopleRoutes } from "@/people/routes";
import { printingRoutes } from "@/printing/routes";
import { requestRoutes } from "@/requests/routes";
import { systemRoutes } from "@/systems/routes";

export const boardRoutes = [
  ...operationRoutes,
  ...errorRoutes,
  ...requestRoutes,
  ...instanceRoutes,
  ...eventRoutes,
  ...holdRoutes,
  ...printingRoutes,
  ...jobRoutes,
  ...peopleRoutes,
  ...systemRoutes,
  ...auditRoutes,
] as const;
