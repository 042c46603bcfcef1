/** How each kind of step looks: its sign and its colour. */
import {
  IconBellRinging,
  IconBriefcase,
  IconCash,
  IconCashBanknote,
  IconClock,
  IconDatabaseSearch,
  IconEar,
  IconFlag,
  IconGitBranch,
  IconHeartHandshake,
  IconPhone,
  IconPlayerPlay,
  IconPlug,
  IconQuestionMark,
  IconRepeat,
  IconSend,
  IconTable,
  IconUserCheck,
  IconVariable,
  IconArrowsSplit2,
  type Icon,
} from "@tabler/icons-react";

export interface Look {
  icon: Icon;
  colour: string;
}

const LOOKS: Record<string, Look> = {
  send: { icon: IconSend, colour: "teal" },
  "look-up": { icon: IconDatabaseSearch, colour: "cyan" },
  decide: { icon: IconTable, colour: "grape" },
  set: { icon: IconVariable, colour: "gray" },
  branch: { icon: IconGitBranch, colour: "violet" },
  wait: { icon: IconClock, colour: "yellow" },
  listen: { icon: IconEar, colour: "orange" },
  task: { icon: IconBellRinging, colour: "blue" },
  approve: { icon: IconUserCheck, colour: "indigo" },
  parallel: { icon: IconArrowsSplit2, colour: "violet" },
  repeat: { icon: IconRepeat, colour: "violet" },
  call: { icon: IconPlug, colour: "pink" },
  contact: { icon: IconPhone, colour: "cyan" },
  case: { icon: IconBriefcase, colour: "cyan" },
  offer: { icon: IconCash, colour: "green" },
  settle: { icon: IconCashBanknote, colour: "green" },
  wishes: { icon: IconHeartHandshake, colour: "lime" },
  start: { icon: IconPlayerPlay, colour: "teal" },
  end: { icon: IconFlag, colour: "gray" },
};

export function lookOf(kind: string): Look {
  return LOOKS[kind] ?? { icon: IconQuestionMark, colour: "red" };
}

const FACTS: Record<string, string[]> = {
  send: ["communication"],
  decide: ["table"],
  wait: ["for", "until", "at"],
  listen: ["within"],
  task: ["to-do"],
  approve: ["to-do"],
  call: ["hook"],
  start: ["process"],
  contact: ["type"],
  case: ["case", "status"],
  offer: ["table"],
  settle: ["within"],
  wishes: ["consents", "preferences", "suppressions"],
  end: ["outcome"],
  repeat: ["at-most"],
};

/** The one thing worth knowing about a step at a glance. */
export function factOf(kind: string, fields: Record<string, unknown>): string {
  const told = (FACTS[kind] ?? []).map((name) => fields[name]);
  return told.filter((each) => typeof each === "string" || typeof each === "number").join(" · ");
}
