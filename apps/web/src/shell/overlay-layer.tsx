import dynamic from "next/dynamic";
import { useRouter } from "next/navigation";
import { useStore } from "zustand";
import { useKeys } from "../keys/on-key.ts";
import { closeOverlay, openOverlay, overlay } from "./overlays.ts";

const Palette = dynamic(async () => (await import("../palette/palette.tsx")).Palette, { ssr: false });
const RailDrawer = dynamic(async () => (await import("./rail-drawer.tsx")).RailDrawer, { ssr: false });
const KeySheet = dynamic(async () => (await import("../keys/key-sheet.tsx")).KeySheet, { ssr: false });

/** What lies over the page, each loaded when it is opened first, and the keys that open it. */
export function Overlays() {
  const router = useRouter();
  const open = useStore(overlay);
  useKeys({
    "mod+k": () => (open === "palette" ? closeOverlay() : openOverlay("palette")),
    "?": () => openOverlay("keys"),
    c: () => router.push("/"),
  });
  if (open === "palette") return <Palette />;
  if (open === "keys") return <KeySheet />;
  return open === "rail" ? <RailDrawer /> : null;
}
