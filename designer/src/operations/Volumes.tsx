/** The volumes of the last day: one number each, which leads to its list, over its hours. */
import { Card, SimpleGrid, Text } from "@mantine/core";

import { useLanguage } from "@/lib/words";
import { To } from "@/ui/To";

import { Bars } from "./Bars";
import type { Board } from "./queries";
import { WRONG } from "./states";
import { useWords } from "./words";

export function Volumes({ board }: { board: Board }) {
  const t = useWords();
  const { hours, since } = board;
  const series = [
    { title: t.received, of: "received", to: "/requests", search: { since } },
    { title: t.made, of: "communications", to: "/communications", search: { since } },
    { title: t.wrong, of: "wrong", to: "/communications", search: { since, state: WRONG.join(",") } },
  ] as const;
  return (
    <SimpleGrid cols={{ base: 1, sm: 3 }}>
      {series.map(({ title, of, to, search }) => (
        <Volume
          key={of}
          title={title}
          to={to}
          search={search}
          bad={of === "wrong"}
          hours={hours.map((hour) => ({ since: hour.since, figure: hour[of] }))}
        />
      ))}
    </SimpleGrid>
  );
}

interface VolumeProps {
  title: string;
  to: string;
  search: Record<string, string>;
  bad: boolean;
  hours: { since: string; figure: number }[];
}

function Volume({ title, to, search, bad, hours }: VolumeProps) {
  const t = useWords();
  const language = useLanguage();
  const total = hours.reduce((sum, { figure }) => sum + figure, 0);
  return (
    <Card withBorder padding="lg">
      <Text size="sm" fw={500} c="dimmed">
        {title}
      </Text>
      <To to={to} search={search} fz={32} fw={680} lh={1.2} c={bad && total > 0 ? "var(--mantine-color-error)" : "inherit"}>
        {total.toLocaleString(language)}
      </To>
      <Text size="xs" c="dimmed" mb="sm">
        {t.day}
      </Text>
      <Bars title={title} hours={hours} bad={bad} />
    </Card>
  );
}
