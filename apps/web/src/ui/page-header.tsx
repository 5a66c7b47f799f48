import { Menu } from "lucide-react";
import type { ReactNode } from "react";
import { IconButton } from "./icon-button.tsx";
import { openOverlay } from "./overlays.ts";

/** The 44 px header of every page. */
export function PageHeader({ children }: { children: ReactNode }) {
  return (
    <header className="flex h-11 shrink-0 items-center gap-2 border-b border-line pr-2 pl-4 max-md:pl-1.5">
      <IconButton icon={Menu} label="Sessions" className="md:hidden" onClick={() => openOverlay("rail")} />
      {children}
    </header>
  );
}
