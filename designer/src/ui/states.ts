/** The states of everything that has a life cycle: their words, and the colour each is shown in. */
import { words } from "@/lib/words";

export const useStateWords = words({
  en: {
    accepted: "Accepted",
    acknowledged: "Acknowledged",
    awaiting_resolution: "Awaits resolution",
    bound: "Bound",
    bounced: "Bounced",
    cancelled: "Cancelled",
    closed: "Closed",
    completed: "Completed",
    completed_with_errors: "Completed with errors",
    composed: "Composed",
    delivered: "Delivered",
    dispatched: "Dispatched",
    done: "Done",
    duplicate: "Duplicate",
    error: "Error",
    expired: "Expired",
    extracted: "In a print run",
    extracting: "Making files",
    failed: "Failed",
    gathering: "Gathering",
    handed_over: "Handed over",
    held: "Held",
    ignored_disabled: "Ignored, switched off",
    ignored_no_binding: "Ignored, nothing bound",
    in_approval: "In approval",
    in_editing: "In editing",
    left: "Left",
    not_matched: "No match",
    not_sent: "Not sent",
    open: "Open",
    opted_out: "Opted out",
    paused: "Paused",
    pending: "Pending",
    prepared: "Prepared",
    printed: "Printed",
    published: "Published",
    queued: "Queued",
    read: "Read",
    received: "Received",
    reconciled: "Reconciled",
    rejected: "Rejected",
    rendered: "Rendered",
    repeated: "Repeated",
    resolved: "Resolved",
    retry_wait: "Waits for a retry",
    returned: "Returned",
    running: "Running",
    scheduled: "Scheduled",
    sending: "Sending",
    sent: "Sent",
    skipped: "Skipped",
    spoiled: "Spoiled",
    stopped: "Stopped",
    suppressed: "Suppressed",
    transferred: "Transferred",
    undelivered: "Undelivered",
    waiting: "Waiting",
    working: "Working",
  },
  de: {
    accepted: "Angenommen",
    acknowledged: "Bestätigt",
    awaiting_resolution: "Wartet auf Klärung",
    bound: "Gebunden",
    bounced: "Zurückgewiesen",
    cancelled: "Abgebrochen",
    closed: "Geschlossen",
    completed: "Abgeschlossen",
    completed_with_errors: "Mit Fehlern abgeschlossen",
    composed: "Verfasst",
    delivered: "Zugestellt",
    dispatched: "Auf dem Postweg",
    done: "Erledigt",
    duplicate: "Doppelt",
    error: "Fehler",
    expired: "Abgelaufen",
    extracted: "In einem Drucklauf",
    extracting: "Dateien entstehen",
    failed: "Fehlgeschlagen",
    gathering: "Sammelt Daten",
    handed_over: "Übergeben",
    held: "Angehalten",
    ignored_disabled: "Übergangen, ausgeschaltet",
    ignored_no_binding: "Übergangen, nichts gebunden",
    in_approval: "In Freigabe",
    in_editing: "In Bearbeitung",
    left: "Verlassen",
    not_matched: "Passt nicht",
    not_sent: "Nicht versandt",
    open: "Offen",
    opted_out: "Abbestellt",
    paused: "Pausiert",
    pending: "Steht aus",
    prepared: "Vorbereitet",
    printed: "Gedruckt",
    published: "Veröffentlicht",
    queued: "In der Schlange",
    read: "Gelesen",
    received: "Eingegangen",
    reconciled: "Abgerechnet",
    rejected: "Abgelehnt",
    rendered: "Gesetzt",
    repeated: "Wiederholt",
    resolved: "Erledigt",
    retry_wait: "Wartet auf neuen Versuch",
    returned: "Zurückgekommen",
    running: "Läuft",
    scheduled: "Geplant",
    sending: "Geht hinaus",
    sent: "Versandt",
    skipped: "Übersprungen",
    spoiled: "Verdorben",
    stopped: "Gestoppt",
    suppressed: "Unterdrückt",
    transferred: "Übertragen",
    undelivered: "Nicht zugestellt",
    waiting: "Wartet",
    working: "In Arbeit",
  },
});

const GOOD = ["completed", "delivered", "dispatched", "done", "printed", "read", "reconciled", "resolved", "sent"];
const BAD = ["bounced", "error", "expired", "failed", "returned", "spoiled", "undelivered"];
const STOPPED = ["completed_with_errors", "held", "paused", "rejected", "suppressed"];
const WAITS = ["awaiting_resolution", "in_approval", "pending", "retry_wait", "scheduled", "waiting"];
const OVER = [
  "cancelled",
  "duplicate",
  "ignored_disabled",
  "ignored_no_binding",
  "left",
  "not_matched",
  "not_sent",
  "opted_out",
  "repeated",
  "skipped",
  "stopped",
];

/** Under way is blue; the rest says by its colour whether anybody must look. */
export function colourOf(state: string): string {
  if (GOOD.includes(state)) return "pine";
  if (BAD.includes(state)) return "red";
  if (STOPPED.includes(state)) return "orange";
  if (WAITS.includes(state)) return "violet";
  if (OVER.includes(state)) return "gray";
  return "blue";
}

/** A code in words, where nobody has better ones: `no_contact_point` is "no contact point". */
export function spaced(code: string): string {
  return code.replaceAll(/[_-]/g, " ");
}

/** What a state is called; its own name where a newer server knows more than we do. */
export function useStateName(): (state: string) => string {
  const t = useStateWords();
  return (state) => t[state as keyof typeof t] ?? spaced(state);
}

/** States to choose from, in this order. */
export function useStateChoices(states: readonly string[]) {
  const name = useStateName();
  return states.map((value) => ({ value, label: name(value) }));
}
