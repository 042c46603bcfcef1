/** The address of a communication leads to its request, where all of it is told. */
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Navigate } from "@tanstack/react-router";

import { Asked } from "@/ui/Asked";

import { communicationOf } from "./queries";

const route = getRouteApi("/communications/$id");

export function CommunicationPage() {
  const { id } = route.useParams();
  const query = useQuery(communicationOf(id));
  return (
    <Asked query={query}>
      {(row) => <Navigate to="/requests/$id" params={{ id: row.request_id }} search={{}} replace />}
    </Asked>
  );
}
