import {
  Archive,
  Download,
  Ellipsis,
  FolderDown,
  GitFork,
  PackageCheck,
  TextSearch,
  Trash2,
} from "lucide-react";
import { DropdownMenu } from "radix-ui";
import { archiveAddress, download } from "../files/download.ts";
import { openFind } from "../find/find-state.ts";
import { useCurrentSession, useSessionState } from "../session-stream/use-open-session.ts";
import { forkSession } from "../sessions/fork-session.ts";
import { archiveSessions, archiveWork, exportSession } from "../sessions/session-actions.ts";
import { IconButton } from "../ui/icon-button.tsx";
import { MENU, MenuItem, MenuLine } from "../ui/menu-item.tsx";
import { useDelete } from "./use-delete.ts";

/** What can be done with the session as a whole. */
export function SessionMenu() {
  const { sessionId } = useCurrentSession();
  const remove = useDelete(sessionId);
  const hasClone = useSessionState(({ view }) =>
    view.events.some(({ type, data }) => type === "workspace.prepared" && data.kind === "clone"),
  );
  return (
    <DropdownMenu.Root modal={false}>
      <DropdownMenu.Trigger asChild>
        <IconButton icon={Ellipsis} label="More actions" />
      </DropdownMenu.Trigger>
      <DropdownMenu.Content align="end" sideOffset={4} collisionPadding={8} className={MENU}>
        <MenuItem icon={TextSearch} label="Search this session" run={openFind} />
        <MenuItem icon={GitFork} label="Fork" run={() => void forkSession(sessionId)} />
        <MenuItem icon={Download} label="Export" run={() => void exportSession(sessionId)} />
        <MenuItem
          icon={FolderDown}
          label="Download workspace"
          run={() => void download(archiveAddress(sessionId), "workspace.tar.gz")}
        />
        {hasClone && (
          <MenuItem icon={PackageCheck} label="Archive work…" run={() => void archiveWork(sessionId)} />
        )}
        <MenuItem icon={Archive} label="Archive session" run={() => void archiveSessions([sessionId])} />
        <MenuLine />
        <MenuItem icon={Trash2} label="Delete…" isDanger run={() => void remove()} />
      </DropdownMenu.Content>
    </DropdownMenu.Root>
  );
}
