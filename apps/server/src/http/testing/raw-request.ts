/** A request byte for byte, so that a test can write what no client would. */
export interface RawRequest {
  method: string;
  target: string;
  /** In order; names may repeat. */
  headers: readonly (readonly [name: string, value: string])[];
  body: string;
}

export type Change = (request: RawRequest) => RawRequest;

/** A test's change to a valid request. */
export const set =
  (name: string, value: string): Change =>
  (request) => ({ ...without(name)(request), headers: [...without(name)(request).headers, [name, value]] });

export const also =
  (name: string, value: string): Change =>
  (request) => ({ ...request, headers: [...request.headers, [name, value]] });

export const without =
  (name: string): Change =>
  (request) => ({ ...request, headers: request.headers.filter(([known]) => known !== name) });

export const target =
  (path: string): Change =>
  (request) => ({ ...request, target: path });

export const method =
  (name: string): Change =>
  (request) => ({ ...request, method: name });

/** With its real length. */
export const body =
  (text: string): Change =>
  (request) => ({ ...request, body: text });

export const all =
  (...changes: Change[]): Change =>
  (request) =>
    changes.reduce((changed, change) => change(changed), request);

export function toBytes({ method: verb, target: to, headers, body: text }: RawRequest): string {
  const declares = headers.some(([name]) => /^(?:content-length|transfer-encoding)$/i.test(name));
  const length =
    text === "" || declares ? [] : [["content-length", String(Buffer.byteLength(text))] as const];
  const lines = [...headers, ...length, ["connection", "close"] as const].map(
    ([name, value]) => `${name}: ${value}`,
  );
  return `${verb} ${to} HTTP/1.1\r\n${lines.join("\r\n")}\r\n\r\n${text}`;
}
