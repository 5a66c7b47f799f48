import type { CreatedToken } from "@trunkline/contract";
import { Button } from "../ui/button.tsx";
import { CopyButton } from "../ui/copy-button.tsx";

/** The secret of a new token, shown only once. */
export function NewSecret({ created, close }: { created: CreatedToken; close: () => void }) {
  return (
    <output className="block bg-waits-soft px-4 py-3 text-sm">
      <p>
        Token “<span className="font-medium">{created.token.name}</span>” created. Copy it now — you won't see
        it again.
      </p>
      <div className="mt-2 flex items-center gap-2">
        <code className="min-w-0 grow rounded-md border border-line bg-background px-2.5 py-1.5 font-mono text-code break-all select-all">
          {created.secret}
        </code>
        <CopyButton text={created.secret} label="Copy token" />
        <Button size="small" onClick={close}>
          Done
        </Button>
      </div>
    </output>
  );
}
