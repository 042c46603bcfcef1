/** Who did something, as the trail names them. */

/** `user:ag1` is `ag1`; systems keep what says that they are none of us. */
export function nameOf(actor: string): string {
  return actor.replace(/^user:/, "");
}
