import { words } from "@/lib/words";

const useLogWords = words({
  en: {
    raised: "Raised",
    assigned: "Taken",
    in_progress: "Begun",
    released: "Given back",
    deferred: "Put off",
    forwarded: "Passed on",
    completed: "Completed",
    cancelled: "Cancelled",
    noted: "A note was added",
    priority_set: "Priority set",
    at_risk: "At risk of being late",
    breached: "Overdue",
    escalated: "Escalated",
  },
  de: {
    raised: "Angelegt",
    assigned: "Übernommen",
    in_progress: "Begonnen",
    released: "Zurückgegeben",
    deferred: "Zurückgestellt",
    forwarded: "Weitergegeben",
    completed: "Erledigt",
    cancelled: "Abgebrochen",
    noted: "Eine Notiz kam hinzu",
    priority_set: "Dringlichkeit gesetzt",
    at_risk: "Droht zu spät zu werden",
    breached: "Überfällig",
    escalated: "Eskaliert",
  },
});

/** What an action on a to-do is called. */
export function useLogged(): (action: string) => string {
  const t = useLogWords();
  return (action) => {
    const found = t[action.replace("to-do.", "") as keyof typeof t];
    return found ?? action;
  };
}
