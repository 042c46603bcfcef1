/** What must not be overlooked before one speaks to a person, the loudest first. */
import { Alert, Badge, Group, Stack, Text } from "@mantine/core";
import { IconAlertTriangle, IconBan, IconEyeOff, IconHeartHandshake, IconInfoCircle, IconLock } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";

import { moment } from "@/lib/times";
import { useMay } from "@/signin/queries";

import { alertsOf, type Person } from "./queries";
import { useWords } from "./words";

export function Warnings({ person }: { person: Person }) {
  const t = useWords();
  return (
    <Stack gap="xs">
      {person.suppressions.map((stop) => (
        <Alert
          key={`${stop.channel}:${stop.reason}:${stop.at}`}
          variant="filled"
          color="red.9"
          autoContrast
          icon={<IconBan />}
          title={stop.channel === "" ? t.doNotContact : t.doNotContactBy(stop.channel)}
        >
          {t.stopped(stop.reason.replaceAll("_", " "), moment(stop.at))}
        </Alert>
      ))}
      {person.restricted && (
        <Alert variant="filled" color="red.9" autoContrast icon={<IconLock />} title={t.restricted}>
          {t.restrictedHint}
        </Alert>
      )}
      {person.deceased && (
        <Alert variant="filled" color="dark.7" autoContrast icon={<IconBan />} title={t.deceased}>
          {t.deceasedHint}
        </Alert>
      )}
      {person.needs.length > 0 && (
        <Alert color="orange" variant="light" icon={<IconHeartHandshake />} title={t.needs(person.needs.join(", "))} />
      )}
      {person.masked.includes("name") && (
        <Alert color="violet" variant="light" icon={<IconEyeOff />} title={t.veiled}>
          {t.veiledHint}
        </Alert>
      )}
      <Alerts person={person} />
    </Stack>
  );
}

const LOOKS = {
  danger: { color: "red", icon: IconAlertTriangle },
  warning: { color: "orange", icon: IconAlertTriangle },
  info: { color: "blue", icon: IconInfoCircle },
} as const;

/** Warnings that authors defined. */
function Alerts({ person }: { person: Person }) {
  const may = useMay();
  const { data = [] } = useQuery({ ...alertsOf(person.key), enabled: may("contact:read") });
  if (data.length === 0) return null;
  return (
    <Group gap="xs" role="list">
      {data.map((alert) => {
        const { color, icon: Icon } = LOOKS[alert.severity as keyof typeof LOOKS];
        return (
          <Badge
            key={alert.code}
            role="listitem"
            size="lg"
            radius="sm"
            tt="none"
            fw={600}
            variant="light"
            color={color}
            leftSection={<Icon size={15} aria-hidden />}
          >
            {alert.title}
            {alert.count > 1 && (
              <Text span inherit>
                {" "}
                ({alert.count})
              </Text>
            )}
          </Badge>
        );
      })}
    </Group>
  );
}
