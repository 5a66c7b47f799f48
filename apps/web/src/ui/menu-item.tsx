import type { LucideIcon } from "lucide-react";
import { DropdownMenu } from "radix-ui";

export const MENU =
  "z-50 min-w-48 animate-appear rounded-lg border border-line bg-background p-1 shadow-float outline-none";

interface MenuItemProps {
  icon: LucideIcon;
  label: string;
  isDanger?: boolean;
  run: () => void;
}

export function MenuItem({ icon: Icon, label, isDanger = false, run }: MenuItemProps) {
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

export const MenuLine = () => <DropdownMenu.Separator className="my-1 h-px bg-line" />;
