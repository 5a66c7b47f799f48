import { Share2 } from "lucide-react";
import { useState } from "react";
import { ShareDialog } from "../shell/later-parts.tsx";
import { ErrorBoundary } from "../ui/error-boundary.tsx";
import { IconButton } from "../ui/icon-button.tsx";
import { showToast } from "../ui/toasts.ts";

/** Opens the links to this session. */
export function ShareButton() {
  const [isOpen, setIsOpen] = useState(false);
  return (
    <>
      <IconButton icon={Share2} label="Share" onClick={() => setIsOpen(true)} />
      {isOpen && (
        <ErrorBoundary
          fallback={() => null}
          onError={({ message }) => {
            setIsOpen(false);
            showToast("Couldn't open the links", { detail: message, level: "error" });
          }}
        >
          <ShareDialog close={() => setIsOpen(false)} />
        </ErrorBoundary>
      )}
    </>
  );
}
