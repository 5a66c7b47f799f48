import { Archive, Ellipsis, FolderDown, type LucideIcon, Trash2 } from "lucide-react";
import { DropdownMenu } from "radix-ui";
import { archiveAddress, download } from "../files/download.ts";
import { useCurrentSession } from "../session-stream/use-open-session.ts";
import { IconButton } from "../ui/icon-button.tsx";
import { useArchive } from "./use-archive.ts";
import { useDelete } from "./use-delete.ts";

/** What can be done with the session as a whole. */
export function SessionMenu() {
  const { sessionId } = useCurrentSession();
  const archive = useArchive(sessionId);
  const remove = useDelete(sessionId);
  return (
    <DropdownMenu.Root modal={false}>
      <DropdownMenu.Trigger asChild>
        <IconButton icon={Ellipsis} label="More actions" />
      </DropdownMenu.Trigger>
      <DropdownMenu.Content
        align="end"
        sideOffset={4}
        collisionPadding={8}
        className="z-50 min-w-48 animate-appear rounded-lg border border-line bg-background p-1 shadow-float outline-none"
      >
        <Item
          icon={FolderDown}
          label="Download workspace"
          run={() => void download(archiveAddress(sessionId), "workspace.tar.gz")}
        />
        <Item icon={Archive} label="Archive" run={archive} />
        <DropdownMenu.Separator className="my-1 h-px bg-line" />
        <Item icon={Trash2} label="Delete…" isDanger run={() => void remove()} />
      </DropdownMenu.Content>
    </DropdownMenu.Root>
  );
}

interface ItemProps {
  icon: LucideIcon;
  label: string;
  isDanger?: boolean;
  run: () => void;
}

function Item({ icon: Icon, label, isDanger = false, run }: ItemProps) {
  return (
    <DropdownMenu.Item
      onSelect={run}
      className={`flex h-8 cursor-pointer items-center gap-2.5 rounded-md px-2 text-sm outline-none data-[highlighted]:bg-hover max-md:h-10 ${isDanger ? "text-failed" : ""}`}
    >
      <Icon aria-hidden className="size-4 shrink-0" strokeWidth={1.75} />
      {label}
    </DropdownMenu.Item>
  );
}
