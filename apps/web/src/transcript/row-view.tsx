import { ApprovalLine } from "./approval-line.tsx";
import { AttemptLine } from "./attempt-line.tsx";
import { EndLine } from "./end-line.tsx";
import { FilesLine } from "./files-line.tsx";
import type { TranscriptItem } from "./items.ts";
import { NoticeLine } from "./notice-line.tsx";
import { QuestionLine } from "./question-line.tsx";
import { ReadsLine } from "./reads-line.tsx";
import { ReasoningBlock } from "./reasoning-block.tsx";
import { RefusalLine } from "./refusal-line.tsx";
import { SetupLine } from "./setup-line.tsx";
import { SteerLine } from "./steer-line.tsx";
import { SubagentLine } from "./subagent-line.tsx";
import { TextBlock } from "./text-block.tsx";
import { ToolCallLine } from "./tool-call-line.tsx";
import { Turn } from "./turn.tsx";

/** One item of the transcript. */
export function RowView({ item, opensByItself }: { item: TranscriptItem; opensByItself: boolean }) {
  switch (item.kind) {
    case "turn":
      return (
        <Turn id={item.key} prompt={item.prompt} files={item.attachments ?? []} seq={item.seq} at={item.at} />
      );
    case "steer":
      return <SteerLine row={item} />;
    case "waiting":
      return <Turn id={item.key} prompt={item.prompt} files={item.files} seq={null} at={null} />;
    case "text":
      return <TextBlock row={item} />;
    case "reasoning":
      return <ReasoningBlock row={item} />;
    case "tool":
      return <ToolCallLine row={item} opensByItself={opensByItself} />;
    case "reads":
      return <ReadsLine item={item} />;
    case "approval":
      return <ApprovalLine row={item} />;
    case "question":
      return <QuestionLine row={item} />;
    case "subagent":
      return <SubagentLine row={item} />;
    case "notice":
      return <NoticeLine row={item} />;
    case "setup":
      return <SetupLine row={item} />;
    case "files":
      return <FilesLine row={item} />;
    case "refusal":
      return <RefusalLine row={item} />;
    case "attempt":
      return <AttemptLine row={item} />;
    case "end":
      return <EndLine row={item} />;
  }
}
