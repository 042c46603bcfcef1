/** Retries all that a cause stopped: says how many, asks why, shows how far it is. */
import { Progress, Text } from "@mantine/core";
import { useState } from "react";

import { useLanguage } from "@/lib/words";
import { Reasoned } from "@/ui/Reasoned";

import { errorsKey, retryAll, type Cause } from "./queries";
import { useWords } from "./words";

export function RetryAll({ cause }: { cause: Cause }) {
  const t = useWords();
  const language = useLanguage();
  const [done, setDone] = useState<number | null>(null);
  const all = cause.number.toLocaleString(language);
  return (
    <Reasoned
      label={t.retry}
      means={cause.number === 1 ? t.retryOne : t.retryMeans(all)}
      done={t.done((done ?? cause.number).toLocaleString(language))}
      stale={errorsKey}
      run={async (why) => {
        setDone(0);
        try {
          await retryAll(cause, why, setDone);
        } finally {
          setDone(null);
        }
      }}
    >
      {done !== null && (
        <div role="status">
          <Progress value={(100 * done) / cause.number} aria-label={t.retry} animated />
          <Text size="xs" c="dimmed" mt={4}>
            {t.progress(done.toLocaleString(language), all)}
          </Text>
        </div>
      )}
    </Reasoned>
  );
}
