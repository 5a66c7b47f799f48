import type { CreatedToken } from "@trunkline/contract";
import { ShownOnce } from "../ui/shown-once.tsx";

/** The secret of a new token, shown only once. */
export function NewSecret({ created, close }: { created: CreatedToken; close: () => void }) {
  return (
    <ShownOnce secret={created.secret} copyLabel="Copy token" close={close}>
      Token “<span className="font-medium">{created.token.name}</span>” created.
    </ShownOnce>
  );
}
