import { useQuery } from "@tanstack/react-query";
import type { Session } from "@trunkline/contract";
import { useTRPC } from "../api/trpc.ts";
import { Markdown } from "../markdown/markdown.tsx";
import { AppLink } from "../navigation/app-link.tsx";
import { sessionWords } from "../sessions/session-words.ts";
import { withoutControls } from "../text/reveal-hidden.ts";
import { Button, buttonClass } from "../ui/button.tsx";
import { Skeleton } from "../ui/skeleton.tsx";

/** Characters of prompt and answer. */
const MAX_PROMPT = 400;
const MAX_ANSWER = 4_000;

/** The last prompt of a session and its answer, without leaving the inbox. */
export function Peek({ session }: { session: Session }) {
  const trpc = useTRPC();
  const { id: sessionId, currentTask } = session;
  const { data, error, isPending, refetch } = useQuery(
    trpc.session.get.queryOptions({ sessionId }, { staleTime: 5_000 }),
  );
  if (isPending) return <Skeleton className="h-16 rounded-md" />;
  if (error !== null) {
    return (
      <p role="alert" className="flex items-center gap-3 text-sm text-muted">
        Couldn't load this session. {error.message}
        <Button size="small" onClick={() => void refetch()}>
          Retry
        </Button>
      </p>
    );
  }
  const task = data.tasks.find(({ id }) => id === currentTask?.id);
  const answer = task?.result ?? task?.errorMessage ?? null;
  return (
    <div className="flex flex-col gap-2 text-sm">
      {task !== undefined && (
        <p dir="auto" className="break-words whitespace-pre-wrap text-muted">
          {withoutControls(task.prompt.slice(0, MAX_PROMPT))}
          {task.prompt.length > MAX_PROMPT && "…"}
        </p>
      )}
      {answer === null || answer === "" ? (
        <p translate="no">{sessionWords(session)}</p>
      ) : (
        <div className="max-h-80 overflow-y-auto">
          <Markdown text={answer.slice(0, MAX_ANSWER)} />
        </div>
      )}
      <p>
        <AppLink href={`/s/${sessionId}`} className={buttonClass("plain", "small")}>
          Open session
        </AppLink>
      </p>
    </div>
  );
}
