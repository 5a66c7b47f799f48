import { Link2 } from "lucide-react";
import { copyText } from "../ui/copy-text.ts";
import { useIsReadOnly } from "../session-stream/read-only.ts";
import { IconButton } from "../ui/icon-button.tsx";
import { showToast } from "../ui/toasts.ts";

/** Copies a link to this event. */
export function EventLink({ seq }: { seq: number }) {
  const copy = (): void => {
    const url = new URL(window.location.href);
    url.hash = `e-${seq}`;
    copyText(url.href).then(
      () => showToast("Link copied"),
      () => showToast("Copy failed — press Ctrl+C", { level: "error" }),
    );
  };
  // The address of a shared link ends with its secret: it has no place for an event.
  if (useIsReadOnly()) return null;
  return <IconButton small icon={Link2} label="Copy link" onClick={copy} />;
}
