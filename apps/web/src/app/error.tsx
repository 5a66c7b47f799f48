"use client";

import { Button } from "../ui/button.tsx";
import { Problem } from "../ui/problem.tsx";

/** What a bug in the page comes down to. Nothing is lost: all of it lives on the server. */
export default function PageError({ error, reset }: { error: Error; reset: () => void }) {
  return (
    <main className="grow">
      <Problem
        title="This page broke"
        detail={`${error.message} Nothing is lost: tasks go on, and what you typed is kept.`}
        action={<Button onClick={reset}>Show it again</Button>}
      />
    </main>
  );
}
