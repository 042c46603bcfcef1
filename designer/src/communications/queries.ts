/** What is asked of the server about a communication, for whoever reads it. */
import { queryOptions } from "@tanstack/react-query";

import { api, told, type Schemas } from "@/lib/api";

export type Reading = Schemas["ReadingRead"];

const ROOT = "communications";

export function communicationOf(communication_id: string) {
  return queryOptions({
    queryKey: [ROOT, communication_id],
    queryFn: () => told(api.GET("/v1/communications/{communication_id}", { params: { path: { communication_id } } })),
  });
}

export function documentsOf(communication_id: string) {
  return queryOptions({
    queryKey: [ROOT, communication_id, "documents"],
    queryFn: () =>
      told(api.GET("/v1/communications/{communication_id}/documents", { params: { path: { communication_id } } })),
  });
}

/** Every look at a document is on the trail, so it is not asked for again while it is in view. */
export function readingOf(document_id: string) {
  return queryOptions({
    queryKey: [ROOT, "reading", document_id],
    queryFn: () => told(api.GET("/v1/documents/{document_id}/reading", { params: { path: { document_id } } })),
    staleTime: Infinity,
  });
}

export function storyOf(request_id: string) {
  return queryOptions({
    queryKey: [ROOT, "story", request_id],
    queryFn: () => told(api.GET("/v1/requests/{request_id}/explanation", { params: { path: { request_id } } })),
  });
}
