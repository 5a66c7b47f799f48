import { useQuery } from "@tanstack/react-query";
import { Command } from "cmdk";
import {
  Archive,
  Download,
  GitFork,
  LogOut,
  Monitor,
  Moon,
  Settings,
  SquarePen,
  Sun,
  TextSearch,
  Trash2,
} from "lucide-react";
import { usePath } from "../navigation/use-path.ts";
import { Dialog } from "radix-ui";
import { type ReactNode, useState } from "react";
import { useTRPC } from "../api/trpc.ts";
import { signOut } from "../auth/sign-out.ts";
import { useIme } from "../composer/ime.ts";
import { openFind } from "../find/find-state.ts";
import { type Mark, markFor } from "../completion/marked-choice.ts";
import { forkSession } from "../sessions/fork-session.ts";
import { archiveSessions, deleteListed, exportSession } from "../sessions/session-actions.ts";
import { StatusMark } from "../sessions/status-mark.tsx";
import { statusOfSession } from "../sessions/status.ts";
import { useSessions } from "../sessions/use-sessions.ts";
import { revealHidden } from "../text/reveal-hidden.ts";
import { navigate } from "../navigation/navigate.ts";
import { OverlayDialog } from "../ui/overlay-dialog.tsx";
import { closeOverlay } from "../ui/overlays.ts";
import { useWhenReady } from "../ui/use-when-ready.ts";
import { contains } from "./contains.ts";
import { Snippet } from "./snippet.tsx";
import { useThemeChoice } from "../theme/use-theme-choice.ts";

const MAX_SESSIONS = 8;
/** What was found for the same words earlier may be deleted by now, also where the answer of then is still on its way. */
const FRESH = { gcTime: 0, trpc: { abortOnUnmount: true } };
const ITEM =
  "flex h-9 cursor-default items-center gap-2.5 rounded-md px-2.5 text-sm text-muted data-[selected=true]:bg-selected data-[selected=true]:text-text max-md:h-11";

/** One search box for sessions, messages and commands. */
export function Palette() {
  const [text, setText] = useState("");
  const [lastMark, setMark] = useState<Mark>({ of: "", key: "" });
  const { choose: chooseTheme } = useThemeChoice();
  // Not deferred: Enter right after a letter must take what fits the letter.
  const wanted = text.trim();
  const { items: sessions, isSearching: isSearchingSessions } = useMatchingSessions(wanted);
  const { items: hits, isSearching: isSearchingHits } = useHits(wanted);
  const actions = [
    ...useSessionActions(),
    { name: "New task", icon: SquarePen, act: () => navigate("/") },
    { name: "Settings", icon: Settings, act: () => navigate("/settings") },
    { name: "Theme: light", icon: Sun, act: () => chooseTheme("light") },
    { name: "Theme: dark", icon: Moon, act: () => chooseTheme("dark") },
    { name: "Theme: system", icon: Monitor, act: () => chooseTheme("system") },
    { name: "Sign out", icon: LogOut, act: () => void signOut() },
  ].filter(({ name }) => contains(name, wanted));
  const acts = new Map<string, () => void>([
    ...sessions.map(({ id }) => [id, () => navigate(`/s/${id}`)] as const),
    ...hits.map((hit) => [hitValue(hit), () => navigate(`/s/${hit.sessionId}#e-${hit.seq}`)] as const),
    ...actions.map(({ name, act }) => [name, act] as const),
  ]);
  const take = (value: string): void => {
    const act = acts.get(value);
    if (act === undefined) return;
    closeOverlay();
    act();
  };
  const of = `found for ${wanted}`;
  const keys = [...acts.keys()];
  const mark = markFor(
    keys.map((key) => ({ key })),
    lastMark,
    of,
  );
  if (mark !== lastMark) setMark(mark);
  // Results come and go while somebody types. Something is always selected, or Enter would do nothing.
  const selected = acts.has(mark.key) ? mark.key : (keys[0] ?? "");
  const isSearching = isSearchingSessions || isSearchingHits;
  const ime = useIme();
  const takeFirst = useWhenReady(wanted, acts.size > 0 || !isSearching, () => take(selected));
  return (
    <Frame selected={selected} onSelected={(key) => setMark({ of, key })}>
      <Command.Input
        value={text}
        onValueChange={setText}
        onCompositionEnd={ime.onCompositionEnd}
        onKeyDown={(event) => {
          // What is selected takes Enter itself.
          if (event.key === "Enter" && !ime.owns(event) && acts.size === 0) takeFirst();
        }}
        placeholder="Search sessions, messages, commands…"
        className="h-12 w-full border-b border-line bg-transparent px-4 text-base outline-none placeholder:text-faint max-md:text-[16px]"
      />
      <Command.List className="max-h-[min(420px,60dvh)] overflow-y-auto p-1.5">
        <Command.Empty className="px-2.5 py-6 text-center text-sm text-muted">
          {isSearching ? "Searching…" : "No results"}
        </Command.Empty>
        {sessions.length > 0 && (
          <Group title="Sessions">
            {sessions.map((session) => (
              <Command.Item key={session.id} value={session.id} onSelect={take} className={ITEM}>
                <StatusMark status={statusOfSession(session)} iconOnly />
                <span dir="auto" className="truncate">
                  {revealHidden(session.title)}
                </span>
              </Command.Item>
            ))}
          </Group>
        )}
        {hits.length > 0 && (
          <Group title="Messages and events">
            {hits.map((hit) => (
              <Command.Item key={hitValue(hit)} value={hitValue(hit)} onSelect={take} className={ITEM}>
                <span dir="auto" className="min-w-0 grow truncate">
                  <Snippet hit={hit} />
                </span>
                <span className="max-w-32 shrink-0 truncate text-xs text-faint">
                  {revealHidden(hit.sessionTitle)}
                </span>
              </Command.Item>
            ))}
          </Group>
        )}
        {actions.length > 0 && (
          <Group title="Actions">
            {actions.map(({ name, icon: Icon }) => (
              <Command.Item key={name} value={name} onSelect={take} className={ITEM}>
                <Icon aria-hidden className="size-4" strokeWidth={1.75} />
                {name}
              </Command.Item>
            ))}
          </Group>
        )}
      </Command.List>
    </Frame>
  );
}

/** Of the session that is shown. */
function useSessionActions() {
  const path = usePath();
  const { sessions } = useSessions();
  const sessionId = /^\/s\/([^/]+)$/.exec(path)?.[1];
  if (sessionId === undefined) return [];
  const listed = sessions.find(({ id }) => id === sessionId);
  return [
    { name: "Search this session", icon: TextSearch, act: openFind },
    { name: "Fork session", icon: GitFork, act: () => void forkSession(sessionId) },
    { name: "Export session", icon: Download, act: () => void exportSession(sessionId) },
    { name: "Archive session", icon: Archive, act: () => void archiveSessions([sessionId]) },
    ...(listed === undefined
      ? []
      : [{ name: "Delete session…", icon: Trash2, act: () => void deleteListed(listed) }]),
  ];
}

function useMatchingSessions(wanted: string) {
  const trpc = useTRPC();
  const { sessions } = useSessions();
  const isSearch = wanted !== "";
  const found = useQuery(
    trpc.session.list.queryOptions(
      { query: wanted, limit: MAX_SESSIONS },
      { ...FRESH, enabled: isSearch, placeholderData: (before) => before },
    ),
  );
  if (!isSearch) return { items: sessions.slice(0, MAX_SESSIONS), isSearching: false };
  const isSearching = found.isPending || found.isPlaceholderData;
  if (!isSearching && found.data !== undefined) return { items: found.data.items, isSearching };
  // Enter must not open what doesn't fit what is typed, nor wait for a title that is known here.
  const known = [...(found.data?.items ?? []), ...sessions];
  const items = [...new Map(known.map((session) => [session.id, session])).values()]
    .filter(({ title }) => contains(title, wanted))
    .slice(0, MAX_SESSIONS);
  return { items, isSearching };
}

function useHits(wanted: string) {
  const trpc = useTRPC();
  const isSearch = wanted !== "";
  const found = useQuery(
    trpc.search.query.queryOptions(
      { text: wanted, limit: 6 },
      { ...FRESH, enabled: isSearch, placeholderData: (before) => before },
    ),
  );
  const items = isSearch ? (found.data?.items ?? []) : [];
  return {
    // Those of a search before: as above.
    items: found.isPlaceholderData ? items.filter(({ snippet }) => contains(snippet, wanted)) : items,
    isSearching: isSearch && (found.isPending || found.isPlaceholderData),
  };
}

function Group({ title, children }: { title: string; children: ReactNode }) {
  return (
    <Command.Group
      heading={title}
      className="[&_[cmdk-group-heading]]:px-2.5 [&_[cmdk-group-heading]]:pt-2 [&_[cmdk-group-heading]]:pb-1 [&_[cmdk-group-heading]]:text-xs [&_[cmdk-group-heading]]:font-medium [&_[cmdk-group-heading]]:text-faint"
    >
      {children}
    </Command.Group>
  );
}

const hitValue = ({ sessionId, seq }: { sessionId: string; seq: number }): string => `${sessionId}/${seq}`;

function Frame({
  selected,
  onSelected,
  children,
}: {
  selected: string;
  onSelected: (value: string) => void;
  children: ReactNode;
}) {
  return (
    <OverlayDialog className="w-150 overflow-hidden">
      <Dialog.Title className="sr-only">Search</Dialog.Title>
      <Command label="Search" shouldFilter={false} loop value={selected} onValueChange={onSelected}>
        {children}
      </Command>
    </OverlayDialog>
  );
}
