import { CircleAlert } from "lucide-react";
import type { ReactNode } from "react";

/** In place of something that could not be loaded: what is wrong, and what to do. */
export function Problem({ title, detail, action }: { title: string; detail: string; action?: ReactNode }) {
  return (
    <div role="alert" className="flex flex-col items-center gap-3 px-6 py-16 text-center">
      <CircleAlert aria-hidden className="size-5 text-failed" strokeWidth={1.75} />
      <div className="max-w-105">
        <p className="font-medium">{title}</p>
        <p className="mt-1 text-sm text-muted">{detail}</p>
      </div>
      {action}
    </div>
  );
}
