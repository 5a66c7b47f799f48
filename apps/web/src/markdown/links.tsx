import { ImageOff } from "lucide-react";
import type { ReactNode } from "react";
import { safeUrl } from "./safe-url.ts";

export function TextLink({ address, children }: { address: string; children: ReactNode }) {
  const url = safeUrl(address);
  if (url === null) return <span title="Unsafe link blocked">{children}</span>;
  return (
    <a href={url.href} target="_blank" rel="noopener noreferrer nofollow" title={url.href}>
      {children}
    </a>
  );
}

/** In place of an image. Loading it would tell its server who reads this, and when, so it takes a click. */
export function ImageLink({ address, name }: { address: string; name: string }) {
  const url = safeUrl(address);
  const look = "image-link";
  const icon = <ImageOff aria-hidden className="size-3.5 shrink-0" strokeWidth={1.75} />;
  const shown = name === "" ? "Image" : name;
  if (url === null) {
    return (
      <span className={look}>
        {icon}
        <span className="truncate">{shown}</span>
      </span>
    );
  }
  return (
    <a href={url.href} target="_blank" rel="noopener noreferrer nofollow" className={look} title={url.href}>
      {icon}
      <span className="truncate">
        {shown} <span className="text-faint">(opens {url.host})</span>
      </span>
    </a>
  );
}
