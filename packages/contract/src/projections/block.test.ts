import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { EventBody } from "../event.ts";
import {
  type Block,
  blockAfter,
  blockEnd,
  blockEndedBy,
  type BlockEvent,
  blockOfPiece,
  blockPiece,
  isBlockEvent,
  isPiece,
  joinPieces,
  newBlock,
} from "./block.ts";

const kind = fc.constantFrom("text" as const, "reasoning" as const);

function fold(events: readonly BlockEvent[]): Block | undefined {
  let block: Block | undefined;
  for (const event of events) block = blockAfter(block ?? newBlock(event), event);
  return block;
}

describe("a block", () => {
  it("is what its pieces say, and then what its end says", () => {
    fc.assert(
      fc.property(kind, fc.array(fc.string(), { minLength: 1 }), (kindOf, texts) => {
        const pieces = texts.map((text) => blockPiece(kindOf, "b", text));
        const open = fold(pieces);
        expect(open).toEqual({ kind: kindOf, blockId: "b", text: texts.join(""), state: "open" });
        expect(fold([...pieces, blockEnd(open!)])).toEqual({ ...open, state: "ended" });
      }),
    );
  });

  it("takes the text of its end, whatever pieces were read", () => {
    const end = { type: "text.ended", data: { blockId: "b", text: "whole" } } as const;
    expect(fold([blockPiece("text", "b", "mid"), end])).toMatchObject({ text: "whole", state: "ended" });
    expect(fold([end])).toEqual({ kind: "text", blockId: "b", text: "whole", state: "ended" });
  });

  it("keeps what the provider wants back, and hands it on when it ends", () => {
    const data = { blockId: "b", text: "hm", providerMetadata: { anthropic: { signature: "s" } } };
    const block = fold([blockPiece("reasoning", "b", "h"), { type: "reasoning.ended", data }]);
    expect(blockEnd(block!)).toEqual({ type: "reasoning.ended", data });
  });
});

describe("pieces", () => {
  const samples: EventBody[] = [
    blockPiece("text", "b", "x"),
    blockPiece("reasoning", "b", "x"),
    { type: "tool.progress", data: { callId: "b", chunk: "x" } },
  ];

  it("belong to what ends under the same id", () => {
    for (const piece of samples) {
      expect(isPiece(piece)).toBe(true);
      expect(blockOfPiece(piece)).toBe("b");
      expect(blockEndedBy(piece)).toBeNull();
    }
    const end: EventBody = {
      type: "tool.ended",
      data: { callId: "b", status: "succeeded", output: "", durationMs: 1 },
    };
    expect([blockEndedBy(end), blockOfPiece(end), isPiece(end), isBlockEvent(end)]).toEqual([
      "b",
      null,
      false,
      false,
    ]);
    const notice: EventBody = { type: "notice", data: { level: "info", message: "" } };
    expect([blockEndedBy(notice), blockOfPiece(notice)]).toEqual([null, null]);
  });

  it("that are joined say the same as the two did", () => {
    fc.assert(
      fc.property(kind, fc.string(), fc.string(), (kindOf, first, second) => {
        const pieces = [blockPiece(kindOf, "b", first), blockPiece(kindOf, "b", second)] as const;
        const joined = joinPieces(pieces[0], pieces[1], 100);
        expect(fold([joined!])).toEqual(fold(pieces));
      }),
    );
  });

  it("keep what else stands on the first of them", () => {
    const progress = { type: "tool.progress", taskId: "t", data: { callId: "c", chunk: "a" } } as const;
    expect(joinPieces(progress, { ...progress, data: { callId: "c", chunk: "b" } }, 2)).toEqual({
      ...progress,
      data: { callId: "c", chunk: "ab" },
    });
  });

  it("stay two where they are of different blocks or kinds, or too long together", () => {
    const piece = blockPiece("text", "b", "ab");
    expect(joinPieces(piece, blockPiece("text", "c", "c"), 100)).toBeNull();
    expect(joinPieces(piece, blockPiece("reasoning", "b", "c"), 100)).toBeNull();
    expect(joinPieces(piece, blockPiece("text", "b", "c"), 2)).toBeNull();
    expect(joinPieces(piece, blockPiece("text", "b", "c"), 3)).not.toBeNull();
  });
});
