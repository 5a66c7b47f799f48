import { useStore } from "zustand";
import { useKeys } from "../keys/on-key.ts";
import { navigate } from "../navigation/navigate.ts";
import { closeRowMenu, rowMenuPlace } from "../sessions/row-menu-place.ts";
import { ErrorBoundary } from "../ui/error-boundary.tsx";
import { showToast } from "../ui/toasts.ts";
import { KeySheet, Palette, RailDrawer, RowMenu } from "./later-parts.tsx";
import { closeOverlay, openOverlay, type Overlay, overlay } from "../ui/overlays.ts";

const PARTS = { palette: Palette, keys: KeySheet, rail: RailDrawer } as const;
const NAMES: Readonly<Record<Overlay, string>> = {
  palette: "search",
  keys: "the keyboard shortcuts",
  rail: "the sessions",
};

/** Overlays and the keys that open them. If one crashes, it closes and the page stays. */
export function Overlays() {
  const open = useStore(overlay);
  useKeys({
    "mod+k": () => (open === "palette" ? closeOverlay() : openOverlay("palette")),
    "?": () => openOverlay("keys"),
    "alt+c": () => navigate("/"),
  });
  const hasRowMenu = useStore(rowMenuPlace, ({ place }) => place !== null);
  // Beside a drawer that it may have been opened in.
  return (
    <>
      {open !== null && <OpenOverlay open={open} />}
      {hasRowMenu && (
        <ErrorBoundary
          fallback={() => null}
          onError={({ message }) => {
            closeRowMenu();
            showToast("Couldn't open the menu", { detail: message, level: "error" });
          }}
        >
          <RowMenu />
        </ErrorBoundary>
      )}
    </>
  );
}

function OpenOverlay({ open }: { open: Overlay }) {
  const Part = PARTS[open];
  return (
    <ErrorBoundary
      key={open}
      fallback={() => null}
      onError={({ message }) => {
        closeOverlay();
        showToast(`Couldn't open ${NAMES[open]}`, { detail: message, level: "error" });
      }}
    >
      <Part />
    </ErrorBoundary>
  );
}
