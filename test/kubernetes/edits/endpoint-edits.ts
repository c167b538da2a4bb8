import { HttpMethod } from '../../../src/constructs/endpoint-options';
import { Duration } from '../../../src/units/duration';
import { type Edit, endpointEdit, OTHER_NAMES } from './edit';

const PREFIX =
  'routes change at once, Pods as they are replaced; use a second endpoint, as docs/kubernetes.md describes';
const window = [[/^window Deployment/, PREFIX]] as const;

/** One edit for each option of an endpoint. */
export const ENDPOINT_EDITS: readonly Edit[] = [
  endpointEdit(
    'endpointName',
    { endpointName: 'numbers' },
    { forth: [[/^gone /, OTHER_NAMES]], back: [[/^gone /, OTHER_NAMES]] },
  ),
  endpointEdit('description', { description: 'Reads a digit' }),
  endpointEdit('path', { path: '/v2/digits' }),
  endpointEdit('hosts', { hosts: ['models.example.com'] }),
  endpointEdit(
    'methods',
    { methods: [HttpMethod.POST] },
    { back: [[/^gone HTTPRouteFilter/, 'routes do not refer to it any more']] },
  ),
  endpointEdit('headers', { headers: [{ name: 'x-tier', values: ['gold', 'silver'] }] }),
  endpointEdit('stripPrefix', { stripPrefix: true }, { pods: true, forth: window, back: window }),
  {
    name: 'the path of an endpoint that removes it',
    from: { endpoint: { stripPrefix: true } },
    to: { endpoint: { stripPrefix: true, path: '/v2/digits' } },
    pods: true,
    forth: window,
    back: window,
  },
  endpointEdit('requestTimeout', { requestTimeout: Duration.minutes(5) }, { pods: true }),
  endpointEdit('paths', { paths: [{ path: '/digits/batch', requestTimeout: Duration.seconds(30) }] }),
  endpointEdit(
    'streaming',
    { streaming: { maxDuration: Duration.minutes(30), heartbeat: Duration.seconds(15) } },
    { pods: true },
  ),
  endpointEdit('cors', { cors: { allowOrigins: ['https://app.example.com'] } }),
  endpointEdit('priority', { priority: 7 }),
];
