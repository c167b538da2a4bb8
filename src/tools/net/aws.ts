import type { Agent as HttpAgent } from 'node:http';
import type { Agent as HttpsAgent } from 'node:https';
import { type Agents, agentsFor } from './proxy';

/** What the clients of AWS are given so that they go through the proxies of the environment, which they do not by themselves. */
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

// The client is part of this package, so that users cannot follow its advice to take a newer Node.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';

/** The connections to one service of a region. */
export function awsConnections(service: string, region: string): AwsConnections {
  const agents: Agents = agentsFor();
  return {
    requestHandler: {
      // Endpoints without TLS are those of emulators on this machine.
      httpAgent: agents.of(new URL('http://localhost')),
      httpsAgent: agents.of(new URL(`https://${service}.${region}.amazonaws.com`)) as HttpsAgent,
      connectionTimeout: CONNECTION_TIMEOUT,
      requestTimeout: REQUEST_TIMEOUT,
      throwOnRequestTimeout: true,
    },
    close: agents.close,
  };
}
