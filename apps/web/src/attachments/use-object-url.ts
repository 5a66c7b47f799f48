import { useEffect, useState } from "react";

/** An address of these bytes for an `<img>`. Never one to open: it would be a page of this origin. */
export function useObjectUrl(data: Blob | null): string | null {
  const [url, setUrl] = useState<string | null>(null);
  useEffect(() => {
    if (data === null) return undefined;
    const made = URL.createObjectURL(data);
    // oxlint-disable-next-line react/set-state-in-effect -- the address is a resource that the effect owns
    setUrl(made);
    return () => {
      setUrl(null);
      URL.revokeObjectURL(made);
    };
  }, [data]);
  return url;
}
