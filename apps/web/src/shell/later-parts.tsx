import { LaterBranch } from "../sessions/later-branch.ts";
import { preloaded } from "../ui/preloaded.tsx";
import { TranscriptSkeleton } from "../transcript/transcript-skeleton.tsx";
import { Skeleton } from "../ui/skeleton.tsx";

// Parts not included in the first load. All are fetched when the page is idle, so they also open offline later.

/** Every session needs it: it is loaded in parallel with the events. */
export const Transcript = preloaded(
  async () => (await import("../transcript/transcript.tsx")).Transcript,
  TranscriptSkeleton,
);
export const Palette = preloaded(async () => (await import("../palette/palette.tsx")).Palette);
export const FindBar = preloaded(async () => (await import("../find/find-bar.tsx")).FindBar);
export const RailDrawer = preloaded(async () => (await import("./rail-drawer.tsx")).RailDrawer);
export const KeySheet = preloaded(async () => (await import("../keys/key-sheet.tsx")).KeySheet);
export const HintLayer = preloaded(
  async () => (await import("../ui/hint-layer.tsx")).HintLayer,
  () => null,
  "wait",
);
/** Fetched ahead: a sign-in that ends while the network is away has it already. */
export const SignInPage = preloaded(
  async () => (await import("../auth/sign-in-page.tsx")).SignInPage,
  () => null,
  "wait",
);
export const Toaster = preloaded(async () => (await import("../ui/toaster.tsx")).Toaster);
export const ConfirmationDialog = preloaded(
  async () => (await import("../ui/confirmation-dialog.tsx")).ConfirmationDialog,
);
export const SessionMenu = preloaded(
  async () => (await import("../session/session-menu.tsx")).SessionMenu,
  () => <span className="size-7.5" />,
  "wait",
);
export const SendMenu = preloaded(
  async () => (await import("../composer/send-menu.tsx")).SendMenu,
  () => null,
  "wait",
);
/** Until its code is there, a request cannot be answered, and its card's second of quiet has not begun. */
export const RequestCard = preloaded(
  async () => (await import("../approvals/request-card.tsx")).RequestCard,
  () => null,
  "wait",
);
export const QueueChips = preloaded(
  async () => (await import("../composer/queue-chips.tsx")).QueueChips,
  () => null,
  "wait",
);
export const RowMenu = preloaded(async () => (await import("../sessions/row-menu.tsx")).RowMenu);
export const Inbox = preloaded(
  async () => (await import("../home/inbox.tsx")).Inbox,
  () => null,
  "wait",
);
export const InspectorTabs = preloaded(
  async () => (await import("../inspector/inspector-tabs.tsx")).InspectorTabs,
);
export const ResizeHandle = preloaded(
  async () => (await import("../inspector/resize-handle.tsx")).ResizeHandle,
  () => null,
  "wait",
);
export const InspectorSheet = preloaded(
  async () => (await import("../inspector/inspector-sheet.tsx")).InspectorSheet,
);
export const ShareDialog = preloaded(async () => (await import("../share/share-dialog.tsx")).ShareDialog);
/** Not fetched ahead: who has a session of their own does not need it, and who has a link opens nothing else. */
export const SharedPage = preloaded(async () => (await import("../share/shared-page.tsx")).SharedPage);
export const Settings = preloaded(
  async () => (await import("../settings/kept-settings.tsx")).KeptSettings,
  () => <Skeleton className="m-8 h-60 rounded-lg" />,
);

const PARTS = [
  Transcript,
  RequestCard,
  QueueChips,
  SendMenu,
  Toaster,
  HintLayer,
  Palette,
  FindBar,
  KeySheet,
  RailDrawer,
  ConfirmationDialog,
  SessionMenu,
  RowMenu,
  LaterBranch,
  Inbox,
  InspectorTabs,
  ResizeHandle,
  InspectorSheet,
  Settings,
  ShareDialog,
  SignInPage,
];

/** One at a time, so that they don't compete with API calls. */
async function fetchAll(): Promise<void> {
  for (const part of PARTS) await part.preload();
  performance.mark("later-parts-loaded");
  await (await import("../sessions/sweep-sessions.ts")).sweepListed();
  await (await import("../attachments/sweep-files.ts")).sweepFiles();
}

/** Maximum delay on a page that is never idle, in ms. */
const LATEST_MS = 2_000;
/** Delay between retries after a network failure, in ms. */
const RETRY_MS = 10_000;

/** @returns a function that stops it. */
export function fetchLaterParts(): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let isOver = false;
  const start = (): void => {
    if (isOver) return;
    fetchAll().catch(() => {
      timer = setTimeout(start, RETRY_MS);
    });
  };
  // Safari has no idle callback.
  if ("requestIdleCallback" in window) window.requestIdleCallback(start, { timeout: LATEST_MS });
  else timer = setTimeout(start, LATEST_MS / 2);
  return () => {
    isOver = true;
    clearTimeout(timer);
  };
}
