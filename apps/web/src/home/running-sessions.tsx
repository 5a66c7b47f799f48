import { isActive, statusOfSession } from "../sessions/status.ts";
import { SessionLink } from "../sessions/session-link.tsx";
import { useSessions } from "../sessions/use-sessions.ts";

/** Running sessions; renders nothing if there are none. */
export function RunningSessions() {
  const { sessions } = useSessions();
  const running = sessions.filter((session) => {
    const status = statusOfSession(session);
    return isActive(status) || status === "queued";
  });
  if (running.length === 0) return null;
  return (
    <section aria-label="Running" className="mt-8">
      <h2 className="mb-1 px-2 text-xs font-medium text-faint">Running</h2>
      <ul>
        {running.map((session) => (
          <li key={session.id}>
            <SessionLink session={session} />
          </li>
        ))}
      </ul>
    </section>
  );
}
