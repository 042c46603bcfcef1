/** A link to another page of the app, by its address. */
import { Anchor, type AnchorProps } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";

interface Props extends Omit<AnchorProps, "children"> {
  to: string;
  search?: Record<string, string | undefined>;
  children: ReactNode;
}

export function To({ to, search = {}, children, ...looks }: Props) {
  return (
    <Anchor inherit underline="hover" {...looks} renderRoot={(props) => <Link to={to} search={search as never} {...props} />}>
      {children}
    </Anchor>
  );
}
