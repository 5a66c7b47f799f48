import { expect, it } from "vitest";
import { parseMetrics } from "../testing/parse-metrics.ts";
import { histogramFamily } from "./families.ts";
import { Histogram } from "./measures.ts";
import { prometheusText } from "./prometheus-text.ts";

it("is read by another parser as it was meant, whatever is in a label", () => {
  const node = 'a "quoted" \\ back\nslash';
  const histogram = new Histogram([1, 2]);
  for (const value of [0.5, 1, 1.5, 9]) histogram.record(value);
  const text = prometheusText([
    { name: "told", help: "Told\nonce", kind: "gauge", points: [{ labels: { node }, value: 1.5e-7 }] },
    { name: "done", help: "Done", kind: "counter", points: [{ labels: {}, value: 3 }] },
    histogramFamily("took", "Took", histogram),
  ]);
  expect(parseMetrics(text)).toMatchObject([
    { name: "told", type: "GAUGE", metrics: [{ labels: { node }, value: "1.5e-7" }] },
    { name: "done_total", type: "COUNTER", metrics: [{ value: "3" }] },
    {
      name: "took",
      type: "HISTOGRAM",
      metrics: [{ count: "4", sum: "12", buckets: { "1": "2", "2": "3", "+Inf": "4" } }],
    },
  ]);
});
