/** The play under way in an editor: its script, its story, and where its clock stands. */
import { useMutation } from "@tanstack/react-query";
import { useContext, useEffect, useState } from "react";

import { api, told } from "@/lib/api";

import { namesIn } from "../folder";
import { LightsContext } from "../lights";
import { useSnapshot, useWorkshop } from "../workshop";
import { lightsOf, momentsOf, type Script, type Story } from "./play";

interface Played {
  script: Script;
  story: Story;
  text: string;
  edition: number;
}

export type Play = ReturnType<typeof usePlay>;

/** A Monday at nine, as cases begin that do not say when. */
const START = "2026-03-02T09:00";

export function usePlay() {
  const { manuscript, folder, code, kind } = useWorkshop();
  const lights = useContext(LightsContext);
  const { text } = useSnapshot();
  const [script, setScript] = useState<Script>(() => ({
    start: START,
    sample: namesIn(folder.snapshot().files, "samples")[0] ?? null,
    person: null,
    events: [],
    answers: {},
  }));
  const [played, setPlayed] = useState<Played | null>(null);
  const [now, setNow] = useState(0);
  const run = useMutation({
    mutationFn: async ({ script: wanted }: { script: Script; keep: boolean }): Promise<Played> => {
      manuscript.settle();
      const { files, edition } = folder.snapshot();
      const source = manuscript.source;
      const { start, sample, person, events, answers } = wanted;
      const body = {
        code,
        written: { kind, text: source, files },
        start: start.replace("T", " "),
        ...(person === null ? (sample === null ? {} : { sample }) : { person }),
        events: events.map(({ event, after, data }) => ({ event, after, data })),
        answers,
      };
      const story = await told(api.POST("/v1/simulations", { body }));
      return { script: wanted, story, text: manuscript.text, edition };
    },
    onSuccess: (done, { keep }) => {
      setPlayed(done);
      setScript(done.script);
      if (!keep) setNow(momentsOf(done.story)[0] ?? 0);
    },
  });
  const story = played?.story ?? null;
  useEffect(() => {
    const { steps, ways } = story === null ? { steps: new Map(), ways: new Set<string>() } : lightsOf(story, now);
    lights.shine(steps, ways);
  }, [lights, story, now]);
  return {
    script,
    setScript,
    story,
    now,
    setNow,
    run,
    begin: () => run.mutate({ script: { ...script, events: [], answers: {} }, keep: false }),
    /** Play with another script, the clock where it stands. */
    replay: (wanted: Script) => run.mutate({ script: wanted, keep: true }),
    stale: played !== null && played.text !== text,
  };
}
