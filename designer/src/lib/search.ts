/** What stands in the address behind the question mark, as filters of lists. */

export type Texts<K extends string> = { [name in K]?: string | undefined };

/** Reads these names from an address; what is not there, or empty, is undefined. */
export function texts<const K extends string>(...names: K[]) {
  return (search: Record<string, unknown>): Texts<K> => {
    const found: Texts<K> = {};
    for (const name of names) {
      const value = search[name];
      if ((typeof value === "string" && value !== "") || typeof value === "number") found[name] = String(value);
    }
    return found;
  };
}

/** Several states in one parameter, with commas between. */
export function several(value: string | undefined): string[] | undefined {
  return value === undefined ? undefined : value.split(",");
}

const DAY = /^\d{4}-\d{2}-\d{2}$/;

/** The instant from which on is meant: a day begins at midnight where the viewer is. */
export function from(value: string | undefined): string | undefined {
  return instant(value, 0);
}

/** The instant before which is meant: a day is meant to its end. */
export function before(value: string | undefined): string | undefined {
  return instant(value, 1);
}

function instant(value: string | undefined, days: number): string | undefined {
  if (value === undefined) return undefined;
  const at = new Date(DAY.test(value) ? `${value}T00:00` : value);
  if (Number.isNaN(at.getTime())) return undefined;
  if (DAY.test(value)) at.setDate(at.getDate() + days);
  return at.toISOString();
}

/** The day of an instant where the viewer is, as date fields want it. */
export function dayOf(value: string): string {
  if (DAY.test(value)) return value;
  const at = new Date(value);
  const two = (number: number) => String(number).padStart(2, "0");
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
}
