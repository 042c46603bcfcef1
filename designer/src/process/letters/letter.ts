/** A communication as its text says it: its channels, its languages, its fields, its templates. */
import type { Files } from "../queries";

export interface Letter {
  kind: string;
  channels: string[];
  languages: string[];
  fields: { name: string; label: string }[];
  /** The fragments that its texts may ask for. */
  fragments: string[];
}

const PERSON = ["person.name", "person.given_name", "person.family_name", "person.salutation", "account.key", "today", "reference", "unsubscribe_url"];

interface Declared {
  label?: string;
  type?: string;
  fields?: Record<string, Declared>;
}

const isMap = (it: unknown): it is Record<string, unknown> => typeof it === "object" && it !== null && !Array.isArray(it);

export function letterOf(data: Record<string, unknown>): Letter {
  const isFragment = data.kind === "fragment";
  return {
    kind: String(data.kind ?? ""),
    channels: isMap(data.channels) ? Object.keys(data.channels) : [],
    languages: Array.isArray(data.languages) ? data.languages.map(String) : [],
    // A fragment sees nothing of the data but what it is handed.
    fields: isFragment
      ? fieldsOf(data.params, "")
      : [...fieldsOf(data.data, ""), ...PERSON.map((name) => ({ name, label: name }))],
    fragments: Array.isArray(data.fragments) ? data.fragments.map(String) : [],
  };
}

function fieldsOf(declared: unknown, above: string): Letter["fields"] {
  return Object.entries(isMap(declared) ? declared : {}).flatMap(([name, raw]) => {
    const { label, type, fields } = (isMap(raw) ? raw : {}) as Declared;
    const whole = above + name;
    const own = { name: whole, label: label === undefined ? whole : `${label} (${whole})` };
    return type === "object" ? fieldsOf(fields, `${whole}.`) : [own];
  });
}

/** The texts that a channel is made of in a language. */
export function textsOf(channel: string, language: string): string[] {
  if (channel === "email") return [`templates/email.${language}.html`, `templates/email.${language}.txt`];
  return [`templates/${channel}.${language}.${channel === "letter" ? "html" : "txt"}`];
}

export interface Listed {
  texts: string[];
  missing: string[];
  shared: string[];
  others: string[];
}

export function listed(files: Files, letter: Letter): Listed {
  const all = Object.keys(files).toSorted();
  const wanted =
    letter.kind === "fragment"
      ? letter.languages.flatMap((language) => [`templates/${language}.txt`, `templates/${language}.html`])
      : letter.channels.flatMap((channel) => letter.languages.flatMap((language) => textsOf(channel, language)));
  const texts = all.filter((path) => path.startsWith("templates/") && !path.startsWith("templates/shared/"));
  const readable = (path: string) => typeof files[path] === "string";
  return {
    texts,
    missing: wanted.filter((path) => !all.includes(path)),
    shared: all.filter((path) => path.startsWith("templates/shared/") && readable(path)),
    others: all.filter((path) => /^(samples|cases)\//.test(path) && readable(path)),
  };
}

/** The channel and language that a template is for. */
export function aimOf(path: string | undefined): { channel?: string; language?: string } {
  const found = /^templates\/([a-z-]+)\.([a-zA-Z-]+)\.\w+$/.exec(path ?? "");
  return found ? { channel: found[1] ?? "", language: found[2] ?? "" } : {};
}
