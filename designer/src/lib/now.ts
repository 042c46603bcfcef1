/** The time as it goes by, for what is shown relative to it. */
import { useEffect, useState } from "react";

/** Now, told anew every so many seconds. */
export function useNow(seconds = 20): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), seconds * 1000);
    return () => clearInterval(timer);
  }, [seconds]);
  return now;
}
