"use client";

import { usePath } from "../navigation/use-path.ts";
import { type ReactNode, useState } from "react";
import { HomePage } from "../home/home-page.tsx";
import { SessionPage } from "../session/session-page.tsx";
import { Button } from "../ui/button.tsx";
import { ErrorBoundary } from "../ui/error-boundary.tsx";
import { Problem } from "../ui/problem.tsx";
import { Settings } from "./later-parts.tsx";

/** Shown after a bug in a screen. Nothing is lost: everything is on the server. */
function screenProblem(error: Error, retry: () => void): ReactNode {
  return (
    <main className="grow">
      <Problem
        title="Something went wrong"
        detail={`${error.message} Tasks keep running, and what you typed is saved.`}
        action={<Button onClick={retry}>Reload</Button>}
      />
    </main>
  );
}

/**
 * The screen of an address. The browser has all of them and switches without a request, so a lost network never ends in
 * the browser's error page. One that crashes takes no other with it. What is written in the settings stays in the page.
 *
 * @param notFound what the server rendered for an unknown address
 */
export function Screens({ notFound }: { notFound: ReactNode }) {
  const path = usePath();
  const isSettings = path === "/settings";
  const [hasSettings, setHasSettings] = useState(isSettings);
  if (isSettings && !hasSettings) setHasSettings(true);
  return (
    <>
      <ErrorBoundary key={path} fallback={screenProblem}>
        {isSettings ? null : screenOf(path, notFound)}
      </ErrorBoundary>
      {hasSettings && (
        <div hidden={!isSettings} className="contents">
          <ErrorBoundary fallback={screenProblem}>
            <Settings isShown={isSettings} />
          </ErrorBoundary>
        </div>
      )}
    </>
  );
}

function screenOf(path: string, notFound: ReactNode): ReactNode {
  if (path === "/") return <HomePage />;
  const sessionId = /^\/s\/([^/]+)$/.exec(path)?.[1];
  return sessionId === undefined ? notFound : <SessionPage sessionId={sessionId} />;
}
