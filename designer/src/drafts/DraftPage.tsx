/** Writing a definition: the designer, and what keeps its text safe. */
import { Stack } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { useState } from "react";

import { Folder } from "@/process/folder";
import { Manuscript } from "@/process/manuscript";
import { Asked } from "@/ui/Asked";

import { Desk } from "./Desk";
import { beginningOf, type Beginning } from "./queries";
import { keptWork } from "./work";

const route = getRouteApi("/definitions/$code/draft");

export function DraftPage() {
  const { code } = route.useParams();
  const query = useQuery(beginningOf(code));
  return (
    <Stack gap={0} h="calc(100dvh - 56px)" style={{ overflow: "hidden" }}>
      <Asked query={query}>{(beginning) => <Opened key={beginning.code} beginning={beginning} />}</Asked>
    </Stack>
  );
}

function Opened({ beginning }: { beginning: Beginning }) {
  const [opened] = useState(() => open(beginning));
  return <Desk beginning={beginning} {...opened} />;
}

/** The manuscript of a draft, with what this browser still has of it. */
function open(beginning: Beginning) {
  const manuscript = new Manuscript(beginning.source);
  const folder = new Folder(beginning.beside);
  const work = keptWork(beginning.code);
  if (work === null || work.etag !== beginning.etag) return { manuscript, folder, restored: null };
  if (work.source !== manuscript.source) manuscript.replace(work.source);
  folder.replace(work.beside);
  const back = manuscript.snapshot().changed || folder.snapshot().changed;
  return { manuscript, folder, restored: back ? work.at : null };
}
