/** What is under way with a process, on its picture: each number leads to those instances. */
import { Anchor, Badge, Group, List, Stack, Text } from "@mantine/core";
import { useEffect, useMemo, useState, type ReactNode } from "react";

import { standingLights, sumOf, useCounts, type Counts } from "@/process/live";
import { Lights, LightsContext, type Light } from "@/process/lights";
import type { ProcessView } from "@/process/view";
import { useMe } from "@/signin/queries";
import { To } from "@/ui/To";

import { usePageWords } from "./pageWords";

interface Props {
  code: string;
  view: ProcessView;
  children: ReactNode;
}

const NOBODY: ReadonlyMap<string, Light> = new Map();

export function Live({ code, view, children }: Props) {
  const t = usePageWords();
  const { runs_url: runs } = useMe();
  const [lights] = useState(() => lightsOf(code));
  const { counts, hears } = useCounts(code);
  const standing = useMemo(() => (counts === null ? NOBODY : standingLights(counts)), [counts]);
  useEffect(() => {
    lights.shine(standing);
  }, [lights, standing]);
  return (
    <LightsContext value={lights}>
      <Stack gap="sm">
        <Group gap="sm" role="status">
          <Badge variant="dot" tt="none" color={hears ? "pine" : "gray"}>
            {hears ? t.live : t.notLive}
          </Badge>
          {counts !== null && (
            <Text size="sm">
              {t.standing(sumOf(standing, "running"), sumOf(standing, "waiting"), sumOf(standing, "failed"))}
            </Text>
          )}
          <Group gap="md" ml="auto">
            <To to="/instances" search={{ process: code }} size="sm">
              {t.instances}
            </To>
            {runs !== null && (
              <Anchor size="sm" href={`${runs}?query=${encodeURIComponent(`WorkflowType="${code}"`)}`} target="_blank" rel="noreferrer">
                {t.inTemporal}
              </Anchor>
            )}
          </Group>
        </Group>
        {children}
        {counts !== null && <Table counts={counts} view={view} />}
      </Stack>
    </LightsContext>
  );
}

function lightsOf(code: string): Lights {
  const lights = new Lights();
  lights.hrefOf = (step) => `/app/instances?process=${encodeURIComponent(code)}&step=${encodeURIComponent(step)}`;
  return lights;
}

/** The same numbers in words, by step and version. */
function Table({ counts, view }: { counts: Counts; view: ProcessView }) {
  const t = usePageWords();
  if (counts.standing.length === 0) return null;
  return (
    <List size="sm" aria-label={t.standingList}>
      {counts.standing.map(({ version, step, state, count }) => (
        <List.Item key={`${version}:${step}:${state}`}>
          <To to="/instances" search={{ process: counts.process, step }} underline="always">
            {view.byId.get(step)?.title ?? step}
          </To>
          : {t.standingAt(count, state.replaceAll("_", " "), version)}
        </List.Item>
      ))}
    </List>
  );
}
