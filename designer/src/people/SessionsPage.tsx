/** Everybody who is signed in. */
import { PeopleTabs } from "./PeopleTabs";
import { Sessions } from "./Sessions";

export function SessionsPage() {
  return (
    <PeopleTabs view="sessions">
      <Sessions />
    </PeopleTabs>
  );
}
