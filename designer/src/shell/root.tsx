/** The root of all routes: the door first, then the shell. */
import { Anchor } from "@mantine/core";
import { createRootRoute, Link } from "@tanstack/react-router";

import { useSignedIn } from "@/lib/session";
import { SignInPage } from "@/signin/SignInPage";
import { Empty } from "@/ui/Empty";
import { Failure } from "@/ui/Failure";
import { Page } from "@/ui/Page";

import { Shell } from "./Shell";
import { useWords } from "./words";

function Root() {
  return useSignedIn() ? <Shell /> : <SignInPage />;
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
