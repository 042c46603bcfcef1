/** A contact while it is being noted down, and its way to the server: once, however often one tries. */
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { api, told, type Schemas } from "@/lib/api";
import { personsKey, type Person } from "@/persons/queries";
import { todosKey } from "@/todos/queries";
import { filled } from "@/ui/typed";
import type { Typed } from "@/ui/ValueInput";

import { contactsKey, type ContactType } from "./queries";

type Method = NonNullable<Schemas["ContactCreate"]["method"]>;
type Direction = NonNullable<Schemas["ContactCreate"]["direction"]>;

export interface Draft {
  type: string | null;
  method: string | null;
  direction: string;
  account: string | null;
  premise: string | null;
  characteristics: Record<string, Typed>;
  text: string;
  remindOn: string;
  remindNote: string;
}

const NEW: Draft = {
  type: null,
  method: null,
  direction: "inbound",
  account: null,
  premise: null,
  characteristics: {},
  text: "",
  remindOn: "",
  remindNote: "",
};

export function useLogging(person: Person, types: readonly ContactType[]) {
  const client = useQueryClient();
  const [key] = useState(() => crypto.randomUUID());
  const [draft, setDraft] = useState(NEW);
  const type = types.find(({ code }) => code === draft.type);
  const account = draft.account ?? person.accounts[0]?.account ?? null;
  const premise = draft.premise ?? person.premises[0]?.premise ?? null;
  const method = draft.method !== null && type?.methods.includes(draft.method) ? draft.method : (type?.methods[0] ?? null);
  const saving = useMutation({
    mutationFn: async () => {
      if (type === undefined) throw new Error("No type is chosen.");
      const contact = await told(
        api.POST("/v1/customer-contacts", {
          body: {
            type: type.code,
            idempotency_key: key,
            person: person.key,
            account: type.about.includes("account") ? account : null,
            premise: type.about.includes("premise") ? premise : null,
            method: method as Method,
            direction: type.direction === null ? (draft.direction as Direction) : null,
            text: draft.text.trim() || null,
            characteristics: filled(
              type.characteristics.map(({ value }) => value),
              draft.characteristics,
            ),
          },
        }),
      );
      if (draft.remindOn !== "") {
        await told(
          api.POST("/v1/customer-contacts/{contact_id}/reminders", {
            params: { path: { contact_id: contact.id } },
            body: { due_on: draft.remindOn, note: draft.remindNote.trim(), mine: true },
          }),
        );
      }
      return contact;
    },
    onSettled: () =>
      Promise.all([contactsKey, personsKey, todosKey].map((queryKey) => client.invalidateQueries({ queryKey }))),
  });
  const missing =
    type === undefined ||
    (type.about.includes("account") && account === null) ||
    (type.about.includes("premise") && premise === null) ||
    type.characteristics.some(({ required, value }) => required && (draft.characteristics[value.name] ?? "") === "");
  const change = (next: Partial<Draft>) => setDraft((now) => ({ ...now, ...next }));
  return { draft, change, type, method, account, premise, missing, saving };
}
