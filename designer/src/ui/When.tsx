/** An instant: how long ago, and exactly when in the viewer's own zone. */
import { ago, moment } from "@/lib/times";

interface Props {
  at: string | null | undefined;
  /** Exactly, instead of how long ago. */
  exact?: boolean;
}

export function When({ at, exact = false }: Props) {
  if (at === null || at === undefined) return <>–</>;
  return (
    <time dateTime={at} title={moment(at)}>
      {exact ? moment(at) : ago(at)}
    </time>
  );
}
