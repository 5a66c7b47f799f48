export interface TraceSettings {
  /** Where OTLP over HTTP is taken, e.g. `http://127.0.0.1:4318/v1/traces`. */
  url: string;
  headers: Readonly<Record<string, string>>;
  timeoutMs: number;
  serviceName: string;
  /** Of this process. */
  attributes: Readonly<Record<string, string>>;
}
