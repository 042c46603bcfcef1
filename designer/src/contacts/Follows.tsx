/** What logging a contact of a type leads to, told before it is done. */
import { Code } from "@mantine/core";

import { day } from "@/lib/times";

import classes from "./contacts.module.css";
import type { ContactType, Following } from "./queries";
import { useWords } from "./words";

export function Follows({ type, remindOn }: { type: ContactType; remindOn: string }) {
  const t = useWords();
  return (
    <ul className={classes.follows}>
      {type.follows.length === 0 && remindOn === "" && <li>{t.nothingFollows}</li>}
      {type.follows.map((each) => (
        <li key={each.kind}>
          <One following={each} />
        </li>
      ))}
      {remindOn !== "" && <li>{t.willRemind(day(remindOn))}</li>}
      <li>{type.opens === "open" ? t.staysOpen : t.isClosed}</li>
    </ul>
  );
}

function One({ following: { kind, title, when, after } }: { following: Following }) {
  const t = useWords();
  switch (kind) {
    case "communication":
      return (
        <>
          {t.willSend(title)}
          {when !== null && (
            <>
              {" "}
              {t.onlyIf} <Code>{when}</Code>
            </>
          )}
        </>
      );
    case "to-do":
      return t.willRaise(title);
    case "reminder":
      return t.willPromise(title, after ?? "");
  }
}
