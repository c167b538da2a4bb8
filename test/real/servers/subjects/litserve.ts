import { Duration, ModelServer } from '../../../../src';
import type { Subject } from '../subject';

export const LITSERVE: Subject = {
  id: 'litserve',
  runtime: { python: 'litserve', package: 'litserve' },
  files: ['litserve_app.py'],
  server: ({ version, keepAliveSeconds }) =>
    ModelServer.litServe({
      script: 'litserve_app.py',
      version,
      keepAlive: keepAliveSeconds === undefined ? undefined : Duration.seconds(keepAliveSeconds),
    }),
  request: (seconds) => ({
    method: 'POST',
    path: '/predict',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ seconds }),
  }),
};
