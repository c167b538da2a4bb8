import type { Agent } from 'node:http';
import * as http from 'node:http';
import * as https from 'node:https';
import { HttpProxyAgent } from 'http-proxy-agent';
import { HttpsProxyAgent } from 'https-proxy-agent';
import { scopeOf } from './scope';
import { StoreError } from './store-error';

const { getProxyForUrl } = require('proxy-from-env') as { getProxyForUrl(url: URL): string };

/** The connections of one client: direct, or through the proxies of the environment. */
export interface Agents {
  of(url: URL): Agent;
  /** The proxy for requests to this address. */
  proxyOf(url: URL): URL | undefined;
  close(): void;
}

const KEEP_ALIVE = { keepAlive: true, maxSockets: 64 } as const;

/** The proxy for an address according to `HTTPS_PROXY`, `HTTP_PROXY`, `ALL_PROXY` and `NO_PROXY`. Loopback has none. */
export function proxyOf(target: URL): URL | undefined {
  if (scopeOf(target.hostname) === 'loopback') return undefined;
  const proxy = getProxyForUrl(target);
  if (proxy === '') return undefined;
  // The value is not shown: it often contains a password.
  if (!URL.canParse(proxy))
    throw new StoreError(
      'ProxyFailed',
      `the proxy for ${target.host} is not a URL; set HTTPS_PROXY, HTTP_PROXY or ALL_PROXY to a URL such as http://proxy.example.com:3128`,
    );
  const url = new URL(proxy);
  if (!isDecodable(url.username) || !isDecodable(url.password))
    throw new StoreError(
      'ProxyFailed',
      `the user or password of the proxy for ${target.host} has an invalid '%' escape; write a literal '%' as %25`,
    );
  return url;
}

function isDecodable(text: string): boolean {
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    return false;
  }
}

export function agentsFor(): Agents {
  const agents = new Map<string, Agent>();
  const agentOf = (url: URL): Agent => {
    const proxy = proxyOf(url);
    const key = `${url.protocol}${proxy?.href ?? ''}`;
    let agent = agents.get(key);
    if (agent === undefined) {
      agent = newAgent(url.protocol, proxy);
      agents.set(key, agent);
    }
    return agent;
  };
  return {
    of: agentOf,
    proxyOf,
    close: () => {
      for (const agent of agents.values()) agent.destroy();
    },
  };
}

function newAgent(protocol: string, proxy: URL | undefined): Agent {
  const secure = protocol === 'https:';
  if (proxy === undefined) return secure ? new https.Agent(KEEP_ALIVE) : new http.Agent(KEEP_ALIVE);
  return secure ? new HttpsProxyAgent(proxy, KEEP_ALIVE) : new HttpProxyAgent(proxy, KEEP_ALIVE);
}
