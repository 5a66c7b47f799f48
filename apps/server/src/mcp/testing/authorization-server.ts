import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { type Configuration, Provider } from "oidc-provider";

const DAY_S = 86_400;

/** A real authorization server (oidc-provider). Whoever opens its links is alice, and agrees. */
export class AuthorizationServer implements AsyncDisposable {
  readonly issuer: string;
  readonly provider: Provider;
  readonly #http: Server;

  private constructor(issuer: string, provider: Provider, http: Server) {
    this.issuer = issuer;
    this.provider = provider;
    this.#http = http;
  }

  /** @param resource of the MCP server that its tokens are for. */
  static async start(resource: () => string): Promise<AuthorizationServer> {
    const http = createServer().listen(0, "127.0.0.1");
    await once(http, "listening");
    const { port } = http.address() as AddressInfo;
    const issuer = `http://127.0.0.1:${port}`;
    const provider = new Provider(issuer, configuration(resource));
    provider.use(async (c, next) => {
      if (!c.path.startsWith("/agree/")) {
        await next();
        return;
      }
      const { prompt, params, session, grantId } = await provider.interactionDetails(c.req, c.res);
      if (prompt.name === "login") {
        await provider.interactionFinished(c.req, c.res, { login: { accountId: "alice" } });
        return;
      }
      const known = grantId === undefined ? undefined : await provider.Grant.find(grantId);
      const { accountId = "alice" } = session ?? {};
      const grant = known ?? new provider.Grant({ accountId, clientId: String(params["client_id"]) });
      grant.addOIDCScope(String(params["scope"]));
      grant.addResourceScope(String(params["resource"]), "notes");
      await provider.interactionFinished(c.req, c.res, { consent: { grantId: await grant.save() } });
    });
    const answer = provider.callback();
    http.on("request", (request, response) => void answer(request, response));
    return new AuthorizationServer(issuer, provider, http);
  }

  get host(): string {
    return new URL(this.issuer).host;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#http.close();
    this.#http.closeAllConnections();
    await once(this.#http, "close");
  }
}

/** A person's browser that opens a link there. @returns the address that it is sent back to. */
export async function agree(link: string, returnsTo: string): Promise<string> {
  const cookies = new Map<string, string>();
  let address = link;
  for (let hops = 0; hops < 20; hops++) {
    if (address.startsWith(returnsTo)) return address;
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join("; ");
    const response = await fetch(address, { redirect: "manual", headers: { cookie } });
    for (const line of response.headers.getSetCookie()) {
      const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      cookies.set(name, value);
    }
    const location = response.headers.get("location");
    if (location === null) throw new Error(`No redirect, but ${response.status}: ${await response.text()}`);
    address = new URL(location, address).href;
  }
  throw new Error("It redirects without an end");
}

function configuration(resource: () => string): Configuration {
  return {
    scopes: ["openid", "offline_access", "notes"],
    features: {
      devInteractions: { enabled: false },
      registration: { enabled: true },
      revocation: { enabled: true },
      resourceIndicators: {
        enabled: true,
        getResourceServerInfo: (_, indicator) => {
          if (indicator !== resource()) throw new Error(`Unknown resource ${indicator}`);
          return { scope: "notes", audience: indicator, accessTokenFormat: "opaque" };
        },
      },
    },
    interactions: { url: (_, { uid }) => `/agree/${uid}` },
    findAccount: (_, sub) => ({ accountId: sub, claims: () => ({ sub }) }),
    issueRefreshToken: () => true,
    rotateRefreshToken: true,
    ttl: { AccessToken: 3_600, RefreshToken: DAY_S, Grant: DAY_S, Session: DAY_S, Interaction: 3_600 },
    cookies: { keys: ["of a test"] },
  };
}
