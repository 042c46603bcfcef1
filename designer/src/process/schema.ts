/** The JSON Schema of a kind, walked along a path of the text it describes. */

export interface Schema {
  $ref?: string;
  $defs?: Record<string, Schema>;
  type?: string;
  const?: unknown;
  enum?: unknown[];
  title?: string;
  description?: string;
  default?: unknown;
  examples?: unknown[];
  pattern?: string;
  minimum?: number;
  maximum?: number;
  maxLength?: number;
  required?: string[];
  properties?: Record<string, Schema>;
  patternProperties?: Record<string, Schema>;
  items?: Schema;
  anyOf?: Schema[];
  oneOf?: Schema[];
  discriminator?: { propertyName: string; mapping: Record<string, string> };
}

type Fields = Record<string, unknown>;

/** What a part is about: references followed, `null` left out, the kind of step chosen. */
export function settled(root: Schema, part: Schema | undefined, value?: unknown): Schema | undefined {
  if (part === undefined) return undefined;
  if (part.$ref !== undefined) {
    const { $ref, ...more } = part;
    const found = settled(root, root.$defs?.[$ref.split("/").at(-1) ?? ""], value);
    return found && { ...found, ...more };
  }
  if (part.discriminator) {
    const said = (value as Fields | undefined)?.[part.discriminator.propertyName];
    const ref = typeof said === "string" ? part.discriminator.mapping[said] : undefined;
    return ref === undefined ? part : settled(root, { $ref: ref }, value);
  }
  const choices = part.anyOf?.filter((each) => each.type !== "null");
  if (choices?.length === 1) {
    const only = settled(root, choices[0], value);
    return only && { ...only, ...part, anyOf: undefined };
  }
  return part;
}

/** The schema of what stands at a path; the data decides between kinds of steps. */
export function schemaAt(root: Schema, path: readonly string[], data: unknown): Schema | undefined {
  let part = settled(root, root, data);
  let value = data;
  for (const key of path) {
    value = (value as Fields | undefined)?.[key];
    part = settled(root, below(part, key), value);
  }
  return part;
}

function below(part: Schema | undefined, key: string): Schema | undefined {
  const own = part?.properties?.[key];
  if (own) return own;
  const patterns = Object.entries(part?.patternProperties ?? {});
  return patterns.find(([pattern]) => new RegExp(pattern).test(key))?.[1];
}

/** The kinds of steps, with what each is for. */
export function stepKinds(root: Schema): { kind: string; about: string }[] {
  const steps = Object.values(root.properties?.steps?.patternProperties ?? {})[0];
  const kinds = Object.entries(steps?.discriminator?.mapping ?? {});
  const order = (steps?.oneOf ?? []).map((each) => each.$ref);
  return kinds
    .toSorted((a, b) => order.indexOf(a[1]) - order.indexOf(b[1]))
    .map(([kind, ref]) => ({
      kind,
      about: root.$defs?.[ref.split("/").at(-1) ?? ""]?.description ?? "",
    }));
}

/** Which kind of definition a field names by its code. */
export const NAMED_BY: Record<string, string> = {
  communication: "communication",
  "to-do": "to-do-type",
  table: "decision-table",
  hook: "hook",
  case: "case-type",
  process: "process",
  calendar: "calendar",
};

/** Fields of a step that say where a way leads. */
export const WAY_FIELDS = new Set([
  "next",
  "error",
  "undo",
  "outcomes",
  "events",
  "silence",
  "branches",
  "join",
  "cases",
  "otherwise",
  "rejected",
  "from",
]);
