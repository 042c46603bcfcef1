/** A draft on the desk: its head, its warnings, and the designer below. */
import { Alert, Anchor, Badge, Button, Group, Text, Title } from "@mantine/core";
import { IconDeviceFloppy, IconSend } from "@tabler/icons-react";
import { getRouteApi, Link } from "@tanstack/react-router";
import { useCallback, useEffect, useState, useSyncExternalStore } from "react";

import { StateBadge } from "@/definitions/StateBadge";
import { moment } from "@/lib/times";
import { Designer } from "@/process/Designer";
import type { Folder } from "@/process/folder";
import type { Manuscript } from "@/process/manuscript";
import type { Kind } from "@/process/queries";
import { useCheck } from "@/process/useCheck";
import type { View } from "@/process/workshop";
import { Failure } from "@/ui/Failure";
import { tell, tellFailure } from "@/ui/told";

import { DiscardButton } from "./DiscardButton";
import { Overtaken } from "./Overtaken";
import type { Beginning } from "./queries";
import { SubmitButton } from "./SubmitButton";
import { useDraft } from "./useDraft";
import { useWords } from "./words";

const route = getRouteApi("/definitions/$code/draft");

interface Props {
  beginning: Beginning;
  manuscript: Manuscript;
  folder: Folder;
  restored: string | null;
}

export function Desk({ beginning, manuscript, folder, restored }: Props) {
  const t = useWords();
  const view = route.useSearch();
  const navigate = route.useNavigate();
  const draft = useDraft(beginning, manuscript, folder);
  const check = useCheck(manuscript, beginning.kind as Kind, beginning.code, folder);
  const { process, faults } = useSyncExternalStore(manuscript.subscribe, manuscript.snapshot);
  const [back, setBack] = useState(restored);
  const { mutate: write, mutateAsync, isPending } = draft.save;
  const title = process.title || beginning.title;
  useEffect(() => {
    document.title = `${title} · OpenCCM`;
  }, [title]);
  const unsaved = draft.changed || draft.etag === null;
  const save = useCallback(() => {
    if (unsaved) write(null, { onSuccess: () => tell(t.savedNow), onError: (error) => tellFailure(error) });
  }, [unsaved, write, t]);
  const saved = useCallback(async () => {
    if (unsaved) await mutateAsync(null);
  }, [unsaved, mutateAsync]);
  useSaveKey(save, draft.editable);
  const onView = useCallback(
    (next: View) => void navigate({ search: (now) => ({ ...now, ...next }), replace: true }),
    [navigate],
  );
  const warnings = check.problems.length - check.errors;
  const other = draft.overtaken ?? (draft.newer && { editor: draft.newer.author, digest: draft.newer.digest });
  return (
    <>
      <Group px="md" py="xs" justify="space-between" gap="sm" style={{ borderBottom: "1px solid var(--ccm-line)", background: "var(--ccm-panel)" }}>
        <Group gap="sm" miw={0}>
          <div style={{ minWidth: 0 }}>
            <Title order={1} size="h4">
              {title}
            </Title>
            <Text size="xs" c="dimmed">
              <Text span ff="monospace" size="xs">
                {beginning.code}
              </Text>{" "}
              ·{" "}
              <Anchor size="xs" renderRoot={(props) => <Link to="/definitions/$code" params={{ code: beginning.code }} {...props} />}>
                {t.toDefinition}
              </Anchor>
            </Text>
          </div>
          <StateBadge state={beginning.standing.state === "in_review" ? "in_review" : "draft"} />
          <Badge
            variant="light"
            tt="none"
            aria-live="polite"
            color={check.state === "failed" || check.errors > 0 ? "red" : warnings > 0 ? "orange" : "gray"}
          >
            {check.state === "failed"
              ? t.unchecked
              : check.errors > 0
                ? t.errors(check.errors)
                : warnings > 0
                  ? t.warnings(warnings)
                  : check.state === "checking"
                    ? t.checking
                    : t.fine}
          </Badge>
          {draft.editable && (
            <Text size="xs" c="dimmed" role="status">
              {draft.changed || draft.etag === null ? t.unsaved : t.saved}
            </Text>
          )}
        </Group>
        {draft.editable && (
          <Group gap="xs">
            {draft.etag !== null && <DiscardButton code={beginning.code} />}
            <Button
              size="xs"
              variant="default"
              leftSection={<IconDeviceFloppy size={16} />}
              loading={isPending}
              disabled={!draft.changed && draft.etag !== null}
              onClick={save}
            >
              {t.save}
            </Button>
            <SubmitButton
              code={beginning.code}
              icon={<IconSend size={16} />}
              disabled={check.errors > 0 || faults.length > 0 || other !== null}
              submit={draft.submit}
            />
          </Group>
        )}
      </Group>
      {beginning.standing.state === "in_review" && (
        <Alert radius={0} color="orange" py={6}>
          {t.inReview}
        </Alert>
      )}
      {back !== null && (
        <Alert radius={0} color="blue" py={6} withCloseButton onClose={() => setBack(null)}>
          {t.restored(moment(back))}{" "}
          <Anchor
            component="button"
            type="button"
            size="sm"
            onClick={() => {
              manuscript.replace(beginning.source);
              folder.replace(beginning.beside);
              setBack(null);
            }}
          >
            {t.giveUp}
          </Anchor>
        </Alert>
      )}
      {other && <Overtaken {...other} beginning={beginning} manuscript={manuscript} folder={folder} draft={draft} />}
      {draft.submit.isError && !draft.overtaken && <Failure error={draft.submit.error} />}
      <Designer
        code={beginning.code}
        kind={beginning.kind as Kind}
        manuscript={manuscript}
        folder={folder}
        editable={draft.editable}
        problems={check.problems}
        state={check.state}
        save={saved}
        view={view}
        onView={onView}
      />
    </>
  );
}

function useSaveKey(save: () => void, editable: boolean): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (!(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== "s") return;
      event.preventDefault();
      if (document.activeElement instanceof HTMLInputElement) document.activeElement.blur();
      if (editable) save();
    };
    document.addEventListener("keydown", onKey);
    return () => document.removeEventListener("keydown", onKey);
  }, [save, editable]);
}
