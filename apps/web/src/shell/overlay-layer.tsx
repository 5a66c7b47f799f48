import { useStore } from "zustand";
import { useKeys } from "../keys/on-key.ts";
import { navigate } from "../navigation/navigate.ts";
import { ErrorBoundary } from "../ui/error-boundary.tsx";
import { showToast } from "../ui/toasts.ts";
import { KeySheet, Palette, RailDrawer } from "./later-parts.tsx";
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
  if (open === null) return null;
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
