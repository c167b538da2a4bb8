import { StreamProtocol } from './choices';
import type { BackendIntent, EndpointIntent } from './intents';
import { refuse } from './refuse';
import { type LedgerEntry, LedgerTopic, type Refusal } from './serving-plan';
import { Feature, SupportLevel } from './target-profile';

type Descriptor = BackendIntent['server']['descriptor'];

/** What a server must do for one kind of streams. */
interface Protocol {
  readonly feature: Feature;
  /** Whether the server can. */
  readonly spoken: (descriptor: Descriptor) => boolean | undefined;
  /** What it is called. */
  readonly words: string;
  /** Servers that can. */
  readonly others: string;
  /** Who sends the heartbeat. */
  readonly heartbeat: (descriptor: Descriptor, seconds: number) => readonly [SupportLevel, string];
}

/** What a protocol other than plain HTTP asks of a server. */
const PROTOCOLS: { readonly [protocol in StreamProtocol]: Protocol | undefined } = {
  [StreamProtocol.SERVER_SENT_EVENTS]: undefined,
  [StreamProtocol.WEB_SOCKET]: {
    feature: Feature.WEB_SOCKET,
    spoken: ({ webSocket }) => webSocket,
    words: 'WebSocket',
    others: 'uvicorn or hypercorn',
    heartbeat: ({ name, webSocketPingSeconds: ping }, seconds) =>
      ping !== undefined && ping <= seconds
        ? [SupportLevel.NATIVE, `${name} pings every ${ping} s, which counts as activity on every hop`]
        : [
            SupportLevel.APPLICATION,
            `the application must send a message or a ping at least every ${seconds} s${ping === undefined ? '' : `, because ${name} pings every ${ping} s only`}`,
          ],
  },
  [StreamProtocol.GRPC]: {
    feature: Feature.GRPC,
    spoken: ({ grpc }) => grpc,
    words: 'gRPC',
    others: 'Triton or TensorFlow Serving',
    heartbeat: (_, seconds) => [
      SupportLevel.APPLICATION,
      `each call must send a message at least every ${seconds} s: a PING of HTTP/2 does not count as activity`,
    ],
  },
};

/** What the server of a backend makes of the streams of its endpoints. A protocol that it does not speak is refused. */
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
      const detail = `answers of ${descriptor.name} come whole, without a heartbeat, so each must come within 'requestTimeout'`;
      entries.push({ path, feature: LedgerTopic.STREAMING, level: SupportLevel.APPROXIMATED, detail });
      continue;
    }
    const { feature, spoken, words, others, heartbeat } = known;
    if (spoken(descriptor) === false) {
      refuse(
        refusals,
        'ProtocolNotSpoken',
        path,
        `'protocol' (${words}) of endpoint '${name}' is not spoken by ${descriptor.name}; use a server that speaks it, such as ${others}, or another protocol`,
      );
    } else if (spoken(descriptor) === undefined) {
      const detail = `nobody declared whether ${descriptor.name} speaks ${words}; it must`;
      entries.push({ path, feature, level: SupportLevel.APPLICATION, detail });
    }
    const [level, detail] = heartbeat(descriptor, heartbeatSeconds);
    entries.push({ path, feature, level, detail });
  }
  return entries;
}
