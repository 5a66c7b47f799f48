"use client";

import { type ReactNode, useEffect } from "react";
import { useStore } from "zustand";
import { SignInPage } from "../auth/sign-in-page.tsx";
import { signedOut } from "../auth/signed-out.ts";
import { NeedsYouToasts } from "../sessions/needs-you-toasts.tsx";
import { TitleBadge } from "../sessions/title-badge.tsx";
import { HintLayer } from "../ui/hint-layer.tsx";
import { Toasts } from "../ui/toasts-shown.tsx";
import { Overlays } from "./overlay-layer.tsx";
import { keepAboveKeyboard } from "./keyboard-inset.ts";
import { Rail } from "./rail.tsx";

export function AppShell({ children }: { children: ReactNode }) {
  const isSignedOut = useStore(signedOut);
  useEffect(keepAboveKeyboard, []);
  if (isSignedOut) return <SignInPage />;
  return (
    <div className="flex h-[calc(100dvh-var(--keyboard-inset,0px))]">
      <aside aria-label="Sessions" className="w-66 shrink-0 border-r border-line bg-rail max-md:hidden">
        <Rail />
      </aside>
      <div className="flex min-w-0 grow flex-col">{children}</div>
      <Overlays />
      <TitleBadge />
      <NeedsYouToasts />
      <HintLayer />
      <Toasts />
    </div>
  );
}
