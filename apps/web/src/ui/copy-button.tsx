import { Check, Copy } from "lucide-react";
import { useEffect, useState } from "react";
import { copyText } from "./copy-text.ts";
import { IconButton } from "./icon-button.tsx";
import { showToast } from "./toasts.ts";

const CONFIRMED_MS = 1_500;

export function CopyButton({
  text,
  label = "Copy",
  className,
}: {
  text: string;
  label?: string;
  className?: string;
}) {
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return undefined;
    const timer = setTimeout(() => setCopied(false), CONFIRMED_MS);
    return () => clearTimeout(timer);
  }, [copied]);
  const copy = (): void => {
    copyText(text).then(
      () => setCopied(true),
      () => showToast("Copy failed — press Ctrl+C", { level: "error" }),
    );
  };
  return (
    <IconButton
      small
      icon={copied ? Check : Copy}
      label={copied ? "Copied" : label}
      className={className}
      onClick={copy}
    />
  );
}
