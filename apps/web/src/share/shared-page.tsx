import { createClient } from "@trunkline/client";
import { Eye } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { useKeys } from "../keys/on-key.ts";
import { BASE_PATH } from "../navigation/base-path.ts";
import {
  activeTask,
  currentModel,
  sessionStatus,
  sessionTitle,
  sessionTokens,
} from "../session/session-facts.ts";
import { OpenSession } from "../session-stream/open-session.ts";
import { ReadOnlyContext } from "../session-stream/read-only.ts";
import { OpenSessionContext, useSessionState } from "../session-stream/use-open-session.ts";
import { StatusMark } from "../sessions/status-mark.tsx";
import { Wordmark } from "../shell/wordmark.tsx";
import { clock } from "../text/duration.ts";
import { compactCount } from "../text/quantity.ts";
import { createExpansion, ExpansionContext } from "../transcript/expansion.ts";
import { Transcript, type TranscriptHandle } from "../transcript/transcript.tsx";
import { TranscriptSkeleton } from "../transcript/transcript-skeleton.tsx";
import { Button } from "../ui/button.tsx";
import { Problem } from "../ui/problem.tsx";
import { useNow } from "../ui/use-now.ts";
import { keepSecretInAddress, secretOfPage } from "./shared-address.ts";

/** A session as whoever has a link to it sees it: the transcript, live, and nothing to press that the server would hear of. */
export function SharedPage({ sessionId }: { sessionId: string }) {
  const [secret] = useState(secretOfPage);
  const [session] = useState(() => {
    if (secret === null) return null;
    return new OpenSession(createClient({ url: BASE_PATH, token: secret }), sessionId, { isAlone: true });
  });
  useEffect(() => {
    session?.open();
    return () => session?.close();
  }, [session]);
  useEffect(() => (secret === null ? undefined : keepSecretInAddress(secret)), [secret]);
  if (session === null) return <NoLonger />;
  return (
    <ReadOnlyContext value>
      <OpenSessionContext value={session}>
        <ByPhase retry={() => session.open()} />
      </OpenSessionContext>
    </ReadOnlyContext>
  );
}

function ByPhase({ retry }: { retry: () => void }) {
  const phase = useSessionState((state) => state.phase);
  const error = useSessionState((state) => state.error);
  const isKnown = useSessionState((state) => state.session !== null);
  if (phase === "failed") return isRefusal(error) ? <NoLonger /> : <Failed error={error} retry={retry} />;
  return isKnown ? <SharedScreen /> : <Loading />;
}

/** Revoked, expired or deleted: the server tells none from the other. */
function isRefusal(error: Error | null): boolean {
  const status = (error as { httpStatus?: number } | null)?.httpStatus;
  return status === 401 || status === 403 || status === 404;
}

function SharedScreen() {
  const [expansion] = useState(createExpansion);
  const transcript = useRef<TranscriptHandle>(null);
  const title = useSessionState(sessionTitle);
  useEffect(() => {
    document.title = `${title ?? "Session"} · Trunkline`;
  }, [title]);
  useKeys({
    j: () => transcript.current?.step(1),
    k: () => transcript.current?.step(-1),
    g: () => transcript.current?.toEnd(),
  });
  return (
    <ExpansionContext value={expansion}>
      <SharedHeader title={title ?? "Session"} />
      <main className="flex min-h-0 min-w-0 grow flex-col">
        <Transcript
          handle={transcript}
          empty={<p className="px-6 pt-16 text-center text-muted">No messages yet.</p>}
        />
      </main>
    </ExpansionContext>
  );
}

function SharedHeader({ title }: { title: string }) {
  const status = useSessionState(sessionStatus);
  const startedAt = useSessionState(({ view }) => activeTask(view)?.startedAt ?? null);
  const model = useSessionState(currentModel);
  const tokens = useSessionState(sessionTokens);
  const awaySince = useSessionState((state) => state.awaySince);
  const now = useNow();
  return (
    <Header>
      <h1 dir="auto" className="min-w-0 truncate text-sm font-medium">
        {title}
      </h1>
      <span className="flex shrink-0 items-center gap-1.5">
        <StatusMark status={status} />
        {startedAt !== null && now !== 0 && (
          <span translate="no" className="text-sm text-muted">
            {clock(now - startedAt)}
          </span>
        )}
      </span>
      <span className="grow" />
      <span translate="no" className="flex shrink-0 items-center gap-3 text-xs text-muted max-md:hidden">
        {model !== null && <span>{model}</span>}
        {tokens > 0 && <span>{compactCount(tokens)} tokens</span>}
      </span>
      <span className={PILL}>
        <Eye aria-hidden className="size-3.5" strokeWidth={1.75} />
        {awaySince === null ? "Shared, read-only" : "Reconnecting…"}
      </span>
    </Header>
  );
}

const PILL =
  "flex shrink-0 items-center gap-1.5 rounded-full border border-line px-2 py-0.5 text-xs text-muted";

function Header({ children }: { children?: React.ReactNode }) {
  return (
    <header className="flex min-h-11 shrink-0 flex-wrap items-center gap-x-3 gap-y-1 border-b border-line px-4 py-1.5">
      <span className="max-md:hidden">
        <Wordmark />
      </span>
      {children ?? <h1 className="text-sm font-medium">Shared session</h1>}
    </header>
  );
}

function Loading() {
  const awaySince = useSessionState((state) => state.awaySince);
  return (
    <>
      <Header>
        {awaySince !== null && (
          <>
            <h1 className="text-sm font-medium">Shared session</h1>
            <span className="grow" />
            <output className={PILL}>Reconnecting…</output>
          </>
        )}
      </Header>
      <main className="grow">
        <TranscriptSkeleton />
      </main>
    </>
  );
}

function Failed({ error, retry }: { error: Error | null; retry: () => void }) {
  return (
    <>
      <Header />
      <main className="grow">
        <Problem
          title="Couldn't load this session"
          detail={error?.message ?? "The server did not answer."}
          action={<Button onClick={retry}>Retry</Button>}
        />
      </main>
    </>
  );
}

function NoLonger() {
  return (
    <>
      <Header />
      <main className="grow">
        <Problem
          title="This link doesn't work"
          detail="It has expired, was revoked, or was copied without its end. Ask whoever sent it for a new one."
        />
      </main>
    </>
  );
}
