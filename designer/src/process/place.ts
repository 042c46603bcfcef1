/** Places in the text that may have moved on since they were told. */

export function isVisibleAt(mark: { from: number; to: number }, length: number): boolean {
  return mark.from >= 0 && mark.from <= mark.to && mark.to <= length;
}
