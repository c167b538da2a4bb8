import { StreamProtocol } from './choices';
import type { BackendIntent, EndpointIntent } from './intents';
import { refuse } from './refuse';
import { type LedgerEntry, LedgerTopic, type Refusal } from './serving-plan';
import { Feature, SupportLevel } from './target-profile';

type Descriptor = BackendIntent['server']['descriptor'];

/** The requirements of a stream protocol. */
interface Protocol {
  readonly feature: Feature;
  /** Whether the server supports it; undefined if unknown. */
  readonly isSupported: (descriptor: Descriptor) => boolean | undefined;
  /** Its name in messages. */
  readonly label: string;
  /** Servers that support it. */
  readonly servers: string;
  /** How the heartbeat is sent. */
  readonly heartbeat: (descriptor: Descriptor, seconds: number) => readonly [SupportLevel, string];
}

/** The protocols other than plain HTTP. */
const PROTOCOLS: { readonly [protocol in StreamProtocol]: Protocol | undefined } = {
  [StreamProtocol.SERVER_SENT_EVENTS]: undefined,
  [StreamProtocol.WEB_SOCKET]: {
    feature: Feature.WEB_SOCKET,
    isSupported: ({ webSocket }) => webSocket,
    label: 'WebSocket',
    servers: 'uvicorn or hypercorn',
    heartbeat: ({ name, webSocketPingSeconds: ping }, seconds) =>
      ping !== undefined && ping <= seconds
        ? [SupportLevel.NATIVE, `${name} pings every ${ping} s, which counts as activity on every hop`]
        : [
            SupportLevel.APPLICATION,
            `the application must send a message or a ping at least every ${seconds} s${ping === undefined ? '' : `, because ${name} only pings every ${ping} s`}`,
          ],
  },
  [StreamProtocol.GRPC]: {
    feature: Feature.GRPC,
    // The protocol of the backend requires it.
    isSupported: () => true,
    label: 'gRPC',
    servers: 'Triton or TensorFlow Serving',
    heartbeat: (_, seconds) => [
      SupportLevel.APPLICATION,
      `each call must send a message at least every ${seconds} s: an HTTP/2 PING does not count as activity`,
    ],
  },
};

/** How the server of a backend supports the streams of its endpoints. A protocol that it does not support is refused. */
export function streamEntries(
  { path, server }: BackendIntent,
  endpoints: EndpointIntent[],
  refusals: Refusal[],
): LedgerEntry[] {
  const { descriptor } = server;
  const entries: LedgerEntry[] = [];
  for (const { name, protocol = StreamProtocol.SERVER_SENT_EVENTS, streamSeconds, heartbeatSeconds = 0 } of endpoints) {
    const known = PROTOCOLS[protocol];
    if (known === undefined) {
      if (streamSeconds === undefined || descriptor.streaming !== false) continue;
      const detail = `${descriptor.name} does not stream responses and sends no heartbeat, so each response must arrive within 'requestTimeout'`;
      entries.push({ path, feature: LedgerTopic.STREAMING, level: SupportLevel.APPROXIMATED, detail });
      continue;
    }
    const { feature, isSupported, label, servers, heartbeat } = known;
    if (isSupported(descriptor) === false) {
      refuse(
        refusals,
        'ProtocolNotSpoken',
        path,
        `'protocol' (${label}) of endpoint '${name}' is not supported by ${descriptor.name}; use a server that supports it, such as ${servers}, or another protocol`,
      );
    } else if (isSupported(descriptor) === undefined) {
      const detail = `${descriptor.name} must support ${label}; its descriptor does not specify whether it does`;
      entries.push({ path, feature, level: SupportLevel.APPLICATION, detail });
    }
    const [level, detail] = heartbeat(descriptor, heartbeatSeconds);
    entries.push({ path, feature, level, detail });
  }
  return entries;
}
