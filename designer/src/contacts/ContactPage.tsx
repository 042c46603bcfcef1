/** One customer contact on a page of its own. */
import { Card } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";

import { Page } from "@/ui/Page";

import ContactView from "./ContactView";
import { contactOf } from "./queries";
import { useWords } from "./words";

const route = getRouteApi("/contacts/$id");

export function ContactPage() {
  const t = useWords();
  const { id } = route.useParams();
  const query = useQuery(contactOf(id));
  return (
    <Page title={query.data?.title ?? t.contact} hint={t.contact}>
      <Card withBorder padding="lg">
        <ContactView id={id} />
      </Card>
    </Page>
  );
}
