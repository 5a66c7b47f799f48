import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";

interface Value {
  stringValue?: string;
  intValue?: number;
  doubleValue?: number;
  boolValue?: boolean;
  arrayValue?: { values: Value[] };
}

interface WireSpan {
  traceId: string;
  spanId: string;
  parentSpanId?: string;
  name: string;
  startTimeUnixNano: string;
  endTimeUnixNano: string;
  attributes: { key: string; value: Value }[];
}

export interface CollectedSpan extends Omit<WireSpan, "attributes"> {
  attributes: Record<string, unknown>;
}

/** Takes traces by OTLP over HTTP, in JSON, as a collector does. */
export class SpanCollector implements AsyncDisposable {
  readonly spans: CollectedSpan[] = [];
  /** Values of the header `x-key`. */
  readonly keys = new Set<string>();
  /** Everything that was received. */
  bodies = "";
  readonly #server = createServer((request, response) => {
    void text(request).then((body) => {
      this.#take(request.headers["x-key"], body);
      response
        .writeHead(request.url === "/v1/traces" ? 200 : 404, { "content-type": "application/json" })
        .end("{}");
    });
  });

  static async start(): Promise<SpanCollector> {
    const collector = new SpanCollector();
    collector.#server.listen(0, "127.0.0.1");
    await once(collector.#server, "listening");
    return collector;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Names below each other, each level by its start; what went wrong in parentheses. */
  tree(traceId: string): string {
    const spans = this.spans.filter((span) => span.traceId === traceId);
    const below = (parent: string | undefined, indent: string): string[] =>
      spans
        .filter(({ parentSpanId }) => parentSpanId === parent)
        .toSorted((a, b) => Number(BigInt(a.startTimeUnixNano) - BigInt(b.startTimeUnixNano)))
        .flatMap(({ spanId, name, attributes }) => {
          const { "error.type": error } = attributes;
          return [
            indent + name + (typeof error === "string" ? ` (${error})` : ""),
            ...below(spanId, `${indent}  `),
          ];
        });
    return below(undefined, "").join("\n");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = once(this.#server, "close");
    this.#server.close();
    this.#server.closeAllConnections();
    await closed;
  }

  #take(key: string | string[] | undefined, body: string): void {
    if (typeof key === "string") this.keys.add(key);
    this.bodies += body;
    const { resourceSpans } = JSON.parse(body) as {
      resourceSpans: { scopeSpans: { spans: WireSpan[] }[] }[];
    };
    const spans = resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap((scope) => scope.spans));
    for (const { attributes, parentSpanId, ...span } of spans) {
      const named = Object.fromEntries(attributes.map(({ key: name, value }) => [name, plain(value)]));
      this.spans.push({ ...span, ...(parentSpanId && { parentSpanId }), attributes: named });
    }
  }
}

function plain({ stringValue, intValue, doubleValue, boolValue, arrayValue }: Value): unknown {
  return stringValue ?? intValue ?? doubleValue ?? boolValue ?? arrayValue?.values.map(plain);
}
