import type { ReactNode } from "react";
import { Button } from "./button.tsx";
import { CopyButton } from "./copy-button.tsx";

/** A secret that the server tells once: a token, or a link that opens something. */
export function ShownOnce({
  secret,
  copyLabel,
  close,
  children,
}: {
  secret: string;
  copyLabel: string;
  close: () => void;
  children: ReactNode;
}) {
  return (
    <output className="block bg-waits-soft px-4 py-3 text-sm">
      <p>{children} Copy it now — you won't see it again.</p>
      <div className="mt-2 flex items-center gap-2">
        <code className="min-w-0 grow rounded-md border border-line bg-background px-2.5 py-1.5 font-mono text-code break-all select-all">
          {secret}
        </code>
        <CopyButton text={secret} label={copyLabel} />
        <Button size="small" onClick={close}>
          Done
        </Button>
      </div>
    </output>
  );
}
