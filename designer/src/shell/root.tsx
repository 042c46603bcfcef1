/** The root of all routes: the door first, then the shell. */
import { Anchor } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { createRootRoute, Link } from "@tanstack/react-router";

import { useSignedIn } from "@/lib/session";
import { PasswordPage } from "@/signin/PasswordPage";
import { MeContext, session } from "@/signin/queries";
import { SignInPage } from "@/signin/SignInPage";
import { Asked } from "@/ui/Asked";
import { Empty } from "@/ui/Empty";
import { Failure } from "@/ui/Failure";
import { Page } from "@/ui/Page";

import { Shell } from "./Shell";
import { useWords } from "./words";

function Root() {
  return useSignedIn() ? <Inside /> : <SignInPage />;
}

/** Past the door, once it is known who came in. */
function Inside() {
  const query = useQuery(session);
  return (
    <Asked query={query}>
      {(me) => (me.must_change_password ? <PasswordPage /> : <MeContext value={me}><Shell /></MeContext>)}
    </Asked>
  );
}

function Nothing() {
  const t = useWords();
  return (
    <Page title={t.nothing}>
      <Empty title={t.nothing}>
        {t.nothingHint}{" "}
        <Anchor renderRoot={(props) => <Link to="/" {...props} />}>{t.back}</Anchor>
      </Empty>
    </Page>
  );
}

export const root = createRootRoute({
  component: Root,
  notFoundComponent: Nothing,
  errorComponent: ({ error, reset }) => <Failure error={error} again={reset} />,
});
