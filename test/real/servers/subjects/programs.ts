import { Duration, ModelServer } from '../../../../src';
import type { StartOptions, Subject } from '../subject';

const requests = {
  request: (seconds: number) => ({ path: `/slow?seconds=${seconds}` }),
  stream: (seconds: number) => ({ path: `/stream?seconds=${seconds}` }),
};

const keepAliveOf = ({ keepAliveSeconds }: StartOptions) =>
  keepAliveSeconds === undefined ? undefined : Duration.seconds(keepAliveSeconds);

const NO_FLAGS = 'its code sets no limit, so it waits for the last request';

/** Programs whose code sets the times, each with and without a SIGTERM handler that drains. */
export const PROGRAMS: readonly Subject[] = [
  ...['20.20.2', '26.10.0'].flatMap((version) =>
    [true, false].map(
      (drains): Subject => ({
        ...requests,
        id: `node-${version.split('.')[0]}${drains ? '' : '-unhandled'}`,
        runtime: { node: version },
        files: ['server.cjs'],
        environment: drains ? { PROBE_DRAINS: 'yes' } : {},
        server: (options) =>
          ModelServer.node({ command: ['node', 'server.cjs'], version, keepAlive: keepAliveOf(options), drains }),
        patienceSeconds: drains ? 95 : 14,
        without: { 'default bound': NO_FLAGS },
      }),
    ),
  ),
  ...[true, false].map(
    (drains): Subject => ({
      ...requests,
      id: `go${drains ? '' : '-unhandled'}`,
      runtime: { go: 'server' },
      files: [],
      environment: drains ? { PROBE_DRAINS: 'yes' } : {},
      server: (options) =>
        ModelServer.go({ command: ['server'], version: options.version, keepAlive: keepAliveOf(options), drains }),
      without: { 'default bound': NO_FLAGS },
    }),
  ),
];
