import { Archive, ArchiveRestore, Download, GitFork, PencilLine, Trash2 } from "lucide-react";
import { DropdownMenu } from "radix-ui";
import { useRef } from "react";
import { useStore } from "zustand";
import { MENU, MenuItem, MenuLine } from "../ui/menu-item.tsx";
import { forkSession } from "./fork-session.ts";
import { startRenaming } from "./rename.ts";
import { closeRowMenu, rowMenuPlace } from "./row-menu-place.ts";
import { archiveSessions, deleteListed, exportSession, unarchiveSessions } from "./session-actions.ts";

/** The menu of a row, where it was asked for. */
export function RowMenu() {
  const place = useStore(rowMenuPlace, (state) => state.place);
  const keepsFocus = useRef(false);
  if (place === null) return null;
  const { session, x, y, opener } = place;
  const { id, archivedAt } = session;
  return (
    <DropdownMenu.Root
      open
      modal={false}
      onOpenChange={(isOpen) => {
        if (!isOpen) closeRowMenu();
      }}
    >
      <DropdownMenu.Trigger asChild>
        <span aria-hidden className="pointer-events-none fixed size-0" style={{ left: x, top: y }} />
      </DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content
          align="start"
          sideOffset={2}
          collisionPadding={8}
          aria-label={`Actions for ${session.title}`}
          onCloseAutoFocus={(event) => {
            event.preventDefault();
            if (!keepsFocus.current) opener.focus();
          }}
          className={MENU}
        >
          {archivedAt === null && (
            <MenuItem
              icon={PencilLine}
              label="Rename"
              run={() => {
                keepsFocus.current = true;
                startRenaming(id);
              }}
            />
          )}
          <MenuItem icon={GitFork} label="Fork" run={() => void forkSession(id)} />
          <MenuItem icon={Download} label="Export" run={() => void exportSession(id)} />
          {archivedAt === null ? (
            <MenuItem icon={Archive} label="Archive" run={() => void archiveSessions([id])} />
          ) : (
            <MenuItem icon={ArchiveRestore} label="Unarchive" run={() => void unarchiveSessions([id])} />
          )}
          <MenuLine />
          <MenuItem icon={Trash2} label="Delete…" isDanger run={() => void deleteListed(session)} />
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}
