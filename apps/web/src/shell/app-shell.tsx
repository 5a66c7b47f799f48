"use client";

import { type ReactNode, useEffect } from "react";
import { useStore } from "zustand";
import { signedOut } from "../auth/signed-out.ts";
import { watchFocusMoves } from "../keys/focus-moves.ts";
import { keepFocus } from "../keys/keep-focus.ts";
import { watchTyping } from "../keys/on-key.ts";
import { watchServerTime } from "../network/clock.ts";
import { watchBrowserNetwork } from "../network/network.ts";
import { NetworkStrip } from "./network-strip.tsx";
import { registerOfflineWorker } from "../network/register-offline-worker.ts";
import { watchNotifications } from "../notifications/notifications.ts";
import { SessionNotifications } from "../notifications/session-notifications.tsx";
import { watchOutbox } from "../outbox/use-outbox.ts";
import { watchSessions } from "../sessions/use-sessions.ts";
import { NeedsYouToasts } from "../sessions/needs-you-toasts.tsx";
import { TitleBadge } from "../sessions/title-badge.tsx";
import { ErrorBoundary } from "../ui/error-boundary.tsx";
import { confirmation } from "../ui/confirmation.ts";
import { watchDoubleClicks } from "../ui/one-click.ts";
import { ConfirmationDialog, fetchLaterParts, HintLayer, SignInPage, Toaster } from "./later-parts.tsx";
import { sharedSessionOf } from "../share/shared-address.ts";
import { SharedShell } from "../share/shared-shell.tsx";
import { usePath } from "../navigation/use-path.ts";
import { Overlays } from "./overlay-layer.tsx";
import { keepAboveKeyboard } from "./keyboard-inset.ts";
import { Rail } from "./rail.tsx";
import { Screens } from "./screens.tsx";

/** Background work of every page. */
const WATCHES = [
  keepAboveKeyboard,
  watchFocusMoves,
  keepFocus,
  watchTyping,
  watchDoubleClicks,
  watchServerTime,
  watchBrowserNetwork,
  watchSessions,
  watchOutbox,
  fetchLaterParts,
  registerOfflineWorker,
  watchNotifications,
];

export function AppShell({ children }: { children: ReactNode }) {
  const shared = sharedSessionOf(usePath());
  return shared === null ? <OwnShell>{children}</OwnShell> : <SharedShell sessionId={shared} />;
}

/** For whoever is signed in, or is to sign in. */
function OwnShell({ children }: { children: ReactNode }) {
  const isSignedOut = useStore(signedOut);
  const isAsking = useStore(confirmation) !== null;
  useEffect(() => {
    const ends = WATCHES.map((watch) => watch());
    return () => {
      for (const end of ends) end();
    };
  }, []);
  if (isSignedOut) return <SignInPage />;
  return (
    <div className="flex h-[calc(100dvh-var(--keyboard-inset,0px))]">
      <button
        type="button"
        onClick={() => document.querySelector<HTMLElement>("#message")?.focus()}
        className="sr-only focus:not-sr-only focus:absolute focus:z-50 focus:m-2 focus:rounded-md focus:bg-primary focus:px-3 focus:py-1.5 focus:text-sm focus:text-on-primary"
      >
        Skip to the message box
      </button>
      <aside aria-label="Sessions" className="w-66 shrink-0 border-r border-line bg-rail max-md:hidden">
        <Rail />
      </aside>
      <div className="flex min-w-0 grow flex-col">
        <NetworkStrip />
        <Screens notFound={children} />
      </div>
      <Overlays />
      {isAsking && (
        <ErrorBoundary fallback={() => null} onError={() => confirmation.getState()?.answer(false)}>
          <ConfirmationDialog />
        </ErrorBoundary>
      )}
      <TitleBadge />
      <NeedsYouToasts />
      <SessionNotifications />
      <HintLayer />
      <ErrorBoundary fallback={() => null}>
        <Toaster />
      </ErrorBoundary>
    </div>
  );
}
