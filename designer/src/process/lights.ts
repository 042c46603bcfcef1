/**
 * What shines on the steps: the path of a simulation, and how many instances stand where.
 *
 * It changes often and never moves a box. So each box looks at its own light, and the drawing as a
 * whole is not told.
 */
import { createContext, useContext, useSyncExternalStore } from "react";

export interface Light {
  /** Whether a simulation has come by, or stands here. */
  mark: "passed" | "here" | null;
  running: number;
  waiting: number;
  failed: number;
}

export const DARK: Light = { mark: null, running: 0, waiting: 0, failed: 0 };

export class Lights {
  private readonly listeners = new Set<() => void>();
  private steps: ReadonlyMap<string, Light> = new Map();
  private ways: ReadonlySet<string> = new Set();
  /** Where the numbers on a step lead. */
  hrefOf: ((step: string) => string) | null = null;

  readonly subscribe = (tell: () => void): (() => void) => {
    this.listeners.add(tell);
    return () => this.listeners.delete(tell);
  };

  of(step: string): Light {
    return this.steps.get(step) ?? DARK;
  }

  isTaken(source: string, way: string): boolean {
    return this.ways.has(wayKey(source, way));
  }

  shine(steps: ReadonlyMap<string, Light>, ways: ReadonlySet<string> = new Set()): void {
    // An unchanged light stays the same object, so that its box is not drawn anew.
    this.steps = new Map(
      [...steps].map(([id, light]) => [id, same(this.steps.get(id), light) ?? light]),
    );
    this.ways = ways;
    for (const tell of this.listeners) tell();
  }
}

function same(before: Light | undefined, now: Light): Light | undefined {
  return before && JSON.stringify(before) === JSON.stringify(now) ? before : undefined;
}

export function wayKey(source: string, way: string): string {
  return `${source}\u0000${way}`;
}

export const LightsContext = createContext<Lights>(new Lights());

export function useLight(step: string): Light {
  const lights = useContext(LightsContext);
  return useSyncExternalStore(lights.subscribe, () => lights.of(step));
}

export function useTaken(source: string, way: string): boolean {
  const lights = useContext(LightsContext);
  return useSyncExternalStore(lights.subscribe, () => lights.isTaken(source, way));
}
