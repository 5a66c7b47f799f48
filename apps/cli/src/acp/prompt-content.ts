import type { ContentBlock } from "@agentclientprotocol/sdk";
import { type TrunklineClient, uploadBlob } from "@trunkline/client";
import type { SubmitTaskInput } from "@trunkline/contract";

type Content = Pick<SubmitTaskInput, "prompt" | "attachments">;

/** What an editor sends as a prompt: words, links to files, what it embeds, and images, which are uploaded. */
export async function readPromptContent(
  client: TrunklineClient,
  blocks: readonly ContentBlock[],
): Promise<Content> {
  const texts: string[] = [];
  const attachments: { blobId: string; name?: string }[] = [];
  for (const block of blocks) {
    switch (block.type) {
      case "text":
        texts.push(block.text);
        break;
      case "resource_link":
        texts.push(`[@${block.name}](${block.uri})`);
        break;
      case "resource": {
        const { resource } = block;
        if ("text" in resource) texts.push(`\n\n${resource.uri}:\n\`\`\`\n${resource.text}\n\`\`\`\n`);
        else attachments.push(await attach(client, resource.blob, nameOf(resource.uri)));
        break;
      }
      case "image":
        attachments.push(await attach(client, block.data, nameOf(block.uri ?? "image")));
        break;
      case "audio":
        break;
    }
  }
  const prompt = texts.join("").trim();
  return { prompt, ...(attachments.length > 0 && { attachments }) };
}

async function attach(client: TrunklineClient, base64: string, name: string) {
  const { sha256 } = await uploadBlob(client, Uint8Array.from(Buffer.from(base64, "base64")));
  return { blobId: sha256, name };
}

function nameOf(uri: string): string {
  return (uri.split(/[/\\]/).at(-1) ?? "").slice(0, 255) || "file";
}
