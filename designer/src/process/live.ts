/** The instances of a process as they stand now, told by the server whenever that changes. */
import { useEffect, useState } from "react";

import type { Schemas } from "@/lib/api";

import type { Light } from "./lights";

export type Counts = Schemas["CountsRead"];

export interface Watched {
  counts: Counts | null;
  /** Whether the server is heard. A hidden tab does not listen. */
  hears: boolean;
}

export function useCounts(code: string): Watched {
  const [watched, setWatched] = useState<Watched>({ counts: null, hears: false });
  useEffect(() => {
    let source: EventSource | null = null;
    const listen = () => {
      source = new EventSource(`/v1/processes/${encodeURIComponent(code)}/counts/stream`);
      source.addEventListener("counts", (event: MessageEvent<string>) =>
        setWatched({ counts: JSON.parse(event.data) as Counts, hears: true }),
      );
      source.addEventListener("open", () => setWatched((before) => ({ ...before, hears: true })));
      source.addEventListener("error", () => setWatched((before) => ({ ...before, hears: false })));
    };
    const rest = () => {
      source?.close();
      source = null;
    };
    const onVisibility = () => {
      rest();
      if (!document.hidden) listen();
    };
    onVisibility();
    document.addEventListener("visibilitychange", onVisibility);
    return () => {
      document.removeEventListener("visibilitychange", onVisibility);
      rest();
    };
  }, [code]);
  return watched;
}

/** The lights of the steps where instances stand, whatever their version. */
export function standingLights({ standing }: Counts): Map<string, Light> {
  const lights = new Map<string, Light>();
  for (const { step, state, count } of standing) {
    const light = lights.get(step) ?? { mark: null, running: 0, waiting: 0, failed: 0 };
    const fares = state === "error" ? "failed" : state === "waiting" ? "waiting" : "running";
    lights.set(step, { ...light, [fares]: light[fares] + count });
  }
  return lights;
}

export function sumOf(lights: ReadonlyMap<string, Light>, fares: "running" | "waiting" | "failed"): number {
  return [...lights.values()].reduce((sum, light) => sum + light[fares], 0);
}
