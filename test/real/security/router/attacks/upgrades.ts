import { KEY as WEB_SOCKET_KEY } from '../../../support/web-socket';
import { type Attack, get, refused, request, served } from '../attack';
import { HTTP2_SETTINGS, http2 } from '../h2-frames';

const SETTINGS = `HTTP2-Settings: ${HTTP2_SETTINGS}`;
const UPGRADE = 'Connection: Upgrade, HTTP2-Settings';

const KEY = `Sec-WebSocket-Key: ${WEB_SOCKET_KEY}`;

/** Ways to request HTTP/2 from a server that supports it. */
const WAYS: readonly (readonly [name: string, ...headers: string[]])[] = [
  ['one header', UPGRADE, 'Upgrade: h2c', SETTINGS],
  ['two headers, h2c first', UPGRADE, 'Upgrade: h2c', 'Upgrade: foo', SETTINGS],
  ['two headers, h2c last', UPGRADE, 'Upgrade: foo', 'Upgrade: h2c', SETTINGS],
  ['a list', UPGRADE, 'Upgrade: foo, h2c', SETTINGS],
  ['a list behind websocket', UPGRADE, 'Upgrade: websocket, h2c', SETTINGS, KEY],
  ['websocket beside it', UPGRADE, 'Upgrade: websocket', 'Upgrade: h2c', SETTINGS, KEY],
  ['websocket behind it', UPGRADE, 'Upgrade: h2c', 'Upgrade: websocket', SETTINGS, KEY],
  ['capitals', 'CONNECTION: UPGRADE, HTTP2-SETTINGS', 'UPGRADE: H2C', `HTTP2-SETTINGS: ${HTTP2_SETTINGS}`],
  ['without the setting as an option', 'Connection: Upgrade', 'Upgrade: h2c', SETTINGS],
  ['options in two headers', 'Connection: Upgrade', 'Connection: HTTP2-Settings', 'Upgrade: h2c', SETTINGS],
  ['a tab in front', UPGRADE, 'Upgrade:\th2c', SETTINGS],
  ['a kept connection', 'Connection: keep-alive, Upgrade, HTTP2-Settings', 'Upgrade: h2c', 'Upgrade: x', SETTINGS],
  ['two settings', UPGRADE, 'Upgrade: h2c', 'Upgrade: x', SETTINGS, SETTINGS],
];

const HANDSHAKE = ['Connection: Upgrade', 'Upgrade: websocket', KEY, 'Sec-WebSocket-Version: 13'];
const webSocket = (path: string, headers = HANDSHAKE, method = 'GET') => request(`${method} ${path}`, headers);

/** Connections that would bypass the rules for requests. */
export const UPGRADES: readonly Attack[] = [
  ...['go', 'hyper'].flatMap((server) =>
    WAYS.map(
      ([name, ...headers]): Attack => ({
        name: `h2c at ${server}: ${name}`,
        send: request(`POST /${server}/x`, headers),
        next: http2('DELETE', '/internal/admin'),
        status: 200,
        arrives: [`${server}-v1 POST /${server}/x`],
      }),
    ),
  ),
  ...WAYS.map(
    ([name, ...headers]): Attack => ({
      ...served(`h2c at an endpoint with WebSocket: ${name}`, request('GET /ws/x', headers), 'ws-v1 GET /ws/x'),
      // From 3.0 on HAProxy removes h2c itself, and the rest may be WebSocket.
      ...(name.includes('websocket') && { or: { status: 101, arrives: ['ws-v1 GET /ws/x'] } }),
    }),
  ),
  ...['/go/x', '/hyper/x', '/echo'].map((path) =>
    refused(`HTTP/2 with prior knowledge for ${path}`, http2('DELETE', path)),
  ),
  refused('extended CONNECT of HTTP/2', http2('CONNECT', '/ws/x', { ':protocol': 'websocket' })),
  {
    name: 'HTTP/2 behind a request of HTTP/1.1',
    send: get('/echo'),
    next: http2('DELETE', '/guarded/x'),
    status: 200,
    arrives: ['root-v1 GET /echo'],
  },
  ...['TLS/1.0', 'HTTP/2.0', 'IRC/6.9', 'echo', 'h2', 'connect-udp', 'websocket/13', 'websockets'].map((protocol) =>
    served(
      `upgrade to ${protocol}`,
      request('GET /ws/x', ['Connection: Upgrade', `Upgrade: ${protocol}`]),
      'ws-v1 GET /ws/x',
    ),
  ),
  { name: 'WebSocket where an endpoint has it', send: webSocket('/ws/x'), status: 101, arrives: ['ws-v1 GET /ws/x'] },
  {
    name: 'WebSocket in capitals',
    send: webSocket('/ws/x', ['CONNECTION: keep-alive, UPGRADE', 'UPGRADE: WebSocket', KEY]),
    status: 101,
    arrives: ['ws-v1 GET /ws/x'],
  },
  refused('WebSocket at an endpoint without it', webSocket('/echo'), 400),
  refused('WebSocket at an endpoint with methods', webSocket('/guarded/x'), 400),
  served('WebSocket without the option', webSocket('/ws/x', HANDSHAKE.slice(1)), 'ws-v1 GET /ws/x'),
  served('WebSocket by POST', webSocket('/ws/x', [...HANDSHAKE, 'Content-Length: 0'], 'POST'), 'ws-v1 POST /ws/x'),
  { name: 'a server that upgrades unasked', send: get('/unasked'), status: 502, arrives: ['root-v1 GET /unasked'] },
  {
    name: 'a server that upgrades when the header was removed',
    send: request('POST /unasked', [UPGRADE, 'Upgrade: h2c', 'Upgrade: foo', SETTINGS, 'Content-Length: 0']),
    next: http2('DELETE', '/guarded/x'),
    status: 502,
    arrives: ['root-v1 POST /unasked'],
  },
  {
    name: 'a server that answers WebSocket with another protocol',
    send: webSocket('/ws/other-protocol'),
    next: http2('DELETE', '/guarded/x'),
    status: 502,
    arrives: ['ws-v1 GET /ws/other-protocol'],
  },
];
