/** What must not be overlooked before one speaks to a person, the loudest first. */
import { Alert, Stack } from "@mantine/core";
import { IconAlertTriangle, IconBan, IconEyeOff, IconHeartHandshake, IconInfoCircle, IconLock } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";

import { moment } from "@/lib/times";
import { useMay } from "@/signin/queries";

import classes from "./persons.module.css";
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
        <div className={classes.needs}>
          <IconHeartHandshake aria-hidden />
          {t.needs(person.needs.join(", "))}
        </div>
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

const ICONS = { danger: IconAlertTriangle, warning: IconAlertTriangle, info: IconInfoCircle };

/** Warnings that authors defined. */
function Alerts({ person }: { person: Person }) {
  const may = useMay();
  const { data = [] } = useQuery({ ...alertsOf(person.key), enabled: may("contact:read") });
  if (data.length === 0) return null;
  return (
    <ul className={classes.alerts}>
      {data.map((alert) => {
        const severity = alert.severity as keyof typeof ICONS;
        const Icon = ICONS[severity];
        return (
          <li key={alert.code} className={classes.alert} data-severity={severity}>
            <Icon size={17} stroke={1.9} aria-hidden />
            {alert.title}
            {alert.count > 1 && ` (${alert.count})`}
          </li>
        );
      })}
    </ul>
  );
}
