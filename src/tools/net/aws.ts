import { Agent as HttpAgent } from 'node:http';
import type { Agent as HttpsAgent } from 'node:https';
import type { Duplex } from 'node:stream';
import { type Agents, agentsFor } from './proxy';
import { scopeOf } from './scope';
import { StoreError } from './store-error';

/** Connections for AWS clients, which do not use the proxies of the environment by themselves. */
export interface AwsConnections {
  readonly requestHandler: {
    readonly httpAgent: HttpAgent;
    readonly httpsAgent: HttpsAgent;
    readonly connectionTimeout: number;
    readonly requestTimeout: number;
    readonly throwOnRequestTimeout: boolean;
  };
  close(): void;
}

const CONNECTION_TIMEOUT = 30_000;
const REQUEST_TIMEOUT = 300_000;

// The client is bundled, so users cannot follow its advice to use a newer Node.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';

/** The connections to one service in a region. */
export function awsConnections(service: string, region: string, plainHttp = false): AwsConnections {
  const agents: Agents = agentsFor();
  const plain = plainHttp ? new HttpAgent({ keepAlive: true }) : new LoopbackAgent({ keepAlive: true });
  return {
    requestHandler: {
      httpAgent: plain,
      httpsAgent: agents.of(new URL(`https://${service}.${region}.amazonaws.com`)) as HttpsAgent,
      connectionTimeout: CONNECTION_TIMEOUT,
      requestTimeout: REQUEST_TIMEOUT,
      throwOnRequestTimeout: true,
    },
    close: () => {
      plain.destroy();
      agents.close();
    },
  };
}

/**
 * Refuses signed requests over plain HTTP, wherever the endpoint is configured: session tokens, registry passwords and
 * weights would be readable in transit. Emulators on this machine are exempt.
 */
class LoopbackAgent extends HttpAgent {
  override createConnection(
    options: { readonly host?: string | null },
    callback?: (error: Error | null, stream: Duplex) => void,
  ): Duplex | null | undefined {
    const { host } = options;
    if (scopeOf(host ?? '') === 'loopback') return super.createConnection(options, callback);
    const error = new StoreError(
      'AwsSettings',
      `the AWS endpoint (http://${host}) must use https: credentials and weights would be readable in transit; change AWS_ENDPOINT_URL or 'endpoint_url' of the profile, or use --plain-http`,
    );
    // Not thrown: the AWS client would not clear its timers, and the process would wait for them.
    callback?.(error, undefined as never);
    return undefined;
  }
}
