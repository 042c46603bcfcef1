/** Where one can go, for whoever has neither to-dos nor definitions to begin with. */
import { Card, Group, SimpleGrid, Text } from "@mantine/core";
import { Link } from "@tanstack/react-router";

import { PLACES } from "@/shell/places";
import { useWords } from "@/shell/words";
import { useMay } from "@/signin/queries";

import classes from "./StartPage.module.css";

export function Ways() {
  const t = useWords();
  const may = useMay();
  const allowed = PLACES.filter(({ to, scope }) => to !== "/" && (scope === undefined || may(scope)));
  return (
    <SimpleGrid cols={{ base: 1, sm: 3 }}>
      {allowed.map((place) => (
        <Card
          key={place.to}
          withBorder
          padding="lg"
          className={classes.figure}
          renderRoot={(props) => <Link to={place.to} {...props} />}
        >
          <Group gap="sm">
            <place.icon size={22} stroke={1.7} aria-hidden />
            <Text fw={600}>{t[place.name]}</Text>
          </Group>
        </Card>
      ))}
    </SimpleGrid>
  );
}
