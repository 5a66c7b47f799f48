import type { LanguageModelV4FilePart, LanguageModelV4Prompt } from "@ai-sdk/provider";
import type { BlobRef, ContentPart } from "@trunkline/contract";
import { ATTACHED_BYTES, ATTACHED_TEXT_LENGTH } from "./limits.ts";
import type { ResolvedModel } from "./port.ts";
import { shortened } from "./shortened-text.ts";

/**
 * Reads an uploaded file for a session's owner.
 * @returns null if there is none that they may read
 */
export type ReadAttachment = (ownerId: string, blob: BlobRef) => Promise<Uint8Array | null>;

const BLOB = "trunkline";

/** An attachment in a projected prompt: its bytes are read right before the call. */
export function attachedFile(part: ContentPart): LanguageModelV4FilePart[] {
  if (part.type !== "image" && part.type !== "file") return [];
  const { sha256, bytes, mediaType, name } = part.blob;
  const reference = { [BLOB]: `${sha256} ${bytes}` };
  return [
    {
      type: "file",
      mediaType,
      data: { type: "reference", reference },
      ...(name !== undefined && { filename: name }),
    },
  ];
}

/** Puts the bytes of attachments into prompts, as far as the model reads them; the others are named with the reason. */
export class AttachedFiles {
  readonly #ownerId: string;
  readonly #read: ReadAttachment;
  /** By hash: each step sends them again. Bounded by ATTACHED_BYTES. */
  readonly #bytes = new Map<string, Uint8Array | null>();

  constructor(ownerId: string, read: ReadAttachment) {
    this.#ownerId = ownerId;
    this.#read = read;
  }

  /** @returns the prompt, and what the user should know about the files of its last task. */
  async into(
    prompt: LanguageModelV4Prompt,
    model: Pick<ResolvedModel, "name" | "readsImages">,
  ): Promise<{ prompt: LanguageModelV4Prompt; notes: string[] }> {
    let left = ATTACHED_BYTES;
    let notes: string[] = [];
    const messages: LanguageModelV4Prompt = [];
    // The newest come first where not all can be sent.
    for (const message of prompt.toReversed()) {
      if (message.role !== "user") {
        messages.push(message);
        continue;
      }
      const content: typeof message.content = [];
      const missing: string[] = [];
      for (const part of message.content) {
        const blob = part.type === "file" ? blobOf(part) : null;
        if (part.type !== "file" || blob === null) {
          content.push(part);
          continue;
        }
        const name = blob.name ?? blob.mediaType;
        const problem = whyNot(blob, model) ?? (blob.bytes > left ? "too much is attached" : null);
        const bytes = problem === null ? await this.#bytesOf(blob) : null;
        if (bytes === null) {
          const why = problem ?? "it is gone";
          missing.push(`${name} can't be shown to ${model.name}: ${why}`);
          content.push({
            type: "text",
            text: `[Attached file ${name}, ${blob.bytes} bytes: not shown, ${why}]`,
          });
        } else if (blob.mediaType === "text/plain") {
          left -= blob.bytes;
          const text = shortened(new TextDecoder().decode(bytes), ATTACHED_TEXT_LENGTH);
          content.push({ type: "text", text: `[Attached file ${name}]\n${text}\n[End of ${name}]` });
        } else {
          left -= blob.bytes;
          content.push({ ...part, data: { type: "data", data: bytes } });
        }
      }
      if (content.length > 1 && notes.length === 0) notes = missing;
      messages.push({ ...message, content });
    }
    return { prompt: messages.toReversed(), notes };
  }

  async #bytesOf(blob: BlobRef): Promise<Uint8Array | null> {
    const known = this.#bytes.get(blob.sha256);
    if (known !== undefined) return known;
    const bytes = await this.#read(this.#ownerId, blob);
    const size = [...this.#bytes.values()].reduce((sum, each) => sum + (each?.length ?? 0), 0);
    if (size + (bytes?.length ?? 0) > ATTACHED_BYTES) this.#bytes.clear();
    this.#bytes.set(blob.sha256, bytes);
    return bytes;
  }
}

function blobOf({ data, mediaType, filename }: LanguageModelV4FilePart): BlobRef | null {
  const reference = data.type === "reference" ? data.reference[BLOB] : undefined;
  if (reference === undefined) return null;
  const [sha256 = "", bytes] = reference.split(" ");
  return { sha256, mediaType, bytes: Number(bytes), ...(filename !== undefined && { name: filename }) };
}

/** Anthropic takes no larger image (https://docs.claude.com/en/docs/build-with-claude/vision). */
export const MAX_IMAGE_BYTES = 5_000_000;
/** Others have no common way to take one. */
const READS_PDF = /^(?:anthropic|openai|google):/;

function whyNot(
  { mediaType, bytes }: BlobRef,
  { name, readsImages }: Pick<ResolvedModel, "name" | "readsImages">,
): string | null {
  if (mediaType === "text/plain") return null;
  if (mediaType.startsWith("image/")) {
    if (readsImages === false) return "it reads no images";
    return bytes > MAX_IMAGE_BYTES ? "images may have 5 MB" : null;
  }
  if (mediaType === "application/pdf") return READS_PDF.test(name) ? null : "it reads no PDF";
  return `it reads no files of the type ${mediaType}`;
}
