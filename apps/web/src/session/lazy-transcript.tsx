import dynamic from "next/dynamic";
import { TranscriptSkeleton } from "./transcript-skeleton.tsx";

const load = async () => (await import("../transcript/transcript.tsx")).Transcript;

// Asked for as soon as there is a page, and not when its events are there: both take their time side by side.
if (typeof window !== "undefined") void load();

/** The transcript, which nothing is shown of before its events are there, and which the page therefore begins without. */
export const Transcript = dynamic(load, { ssr: false, loading: TranscriptSkeleton });
