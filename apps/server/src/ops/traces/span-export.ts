import { type HrTime, SpanKind, SpanStatusCode, TraceFlags } from "@opentelemetry/api";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-http";
import { resourceFromAttributes } from "@opentelemetry/resources";
import { BatchSpanProcessor, type ReadableSpan } from "@opentelemetry/sdk-trace";
import type { EndedSpan } from "./span.ts";
import type { TraceSettings } from "./trace-settings.ts";

const KINDS = { internal: SpanKind.INTERNAL, client: SpanKind.CLIENT } as const;

/** Sends spans in batches, in the background; a collector that is away loses them, and holds nobody up. */
export function createSpanExport({ url, headers, timeoutMs, serviceName, attributes }: TraceSettings) {
  const exporter = new OTLPTraceExporter({ url, headers: { ...headers }, timeoutMillis: timeoutMs });
  const processor = new BatchSpanProcessor({ exporter });
  const resource = resourceFromAttributes({ ...attributes, "service.name": serviceName });
  const instrumentationScope = { name: "trunkline" };

  return {
    add(span: EndedSpan): void {
      const { traceId, spanId, parentSpanId } = span;
      const context = { traceId, spanId, traceFlags: TraceFlags.SAMPLED };
      const readable: ReadableSpan = {
        name: span.name,
        kind: KINDS[span.kind],
        spanContext: () => context,
        ...(parentSpanId !== null && { parentSpanContext: { ...context, spanId: parentSpanId } }),
        startTime: hrTime(span.startedAt),
        endTime: hrTime(span.endedAt),
        duration: hrTime(span.endedAt - span.startedAt),
        status: { code: span.error === null ? SpanStatusCode.UNSET : SpanStatusCode.ERROR },
        attributes: { ...span.attributes, ...(span.error !== null && { "error.type": span.error }) },
        links: [],
        events: [],
        ended: true,
        resource,
        instrumentationScope,
        droppedAttributesCount: 0,
        droppedEventsCount: 0,
        droppedLinksCount: 0,
      };
      processor.onEnd(readable);
    },
    stop: async (): Promise<void> => processor.shutdown(),
  };
}

/** Seconds and nanoseconds. */
const hrTime = (ms: number): HrTime => [Math.floor(ms / 1_000), Math.round((ms % 1_000) * 1e6)];
