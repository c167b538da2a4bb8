import type { FleetEndpoint } from '../fleet';

/** The port of every server, and its name. */
export const PORT = 8000;
export const PORT_NAME = 'http';

export const BUCKET = 'example-models';
export const FETCH_IMAGE =
  'public.ecr.aws/aws-cli/aws-cli:2.37.9@sha256:92de75724b6a746951f0e8b915d86bbccd7cb55aff96cd0cb4f7017272160780';

/** Fetches what is missing, and fails for an empty prefix. */
export const FETCH_SCRIPT = [
  'n=1; until aws s3 sync --no-progress --size-only --delete "$1" "$2"; do [ "$n" -lt 5 ] || exit 1; sleep "$n"; n=$((n + 1)); done',
  '[ -n "$(ls -A "$2")" ] || { echo "no objects exist below $1" >&2; exit 1; }',
].join('\n');

/** The user of every container. */
export const USER = 10001;

/** One version of a model, as the input of hand-written Kubernetes objects. */
export interface Version {
  readonly name: string;
  readonly slug: string;
  readonly image: string;
  readonly command: string[];
  readonly environment: Record<string, string>;
  /** The path of the readiness probe; without it, the probe checks the port. */
  readonly healthPath?: string;
  readonly graceSeconds: number;
  readonly progressSeconds: number;
  /** The model that is copied from the bucket before the server starts. */
  readonly model?: { readonly uri: string; readonly path: string };
  /** Bounds and target of the autoscaler; without them there is one replica. */
  readonly scaling?: { readonly min: number; readonly max: number; readonly cpuPercent: number };
}

/** The versions of one endpoint, starting with the one that gets nine tenths of the requests. */
export function versionsOf({ name, hasCanary }: FleetEndpoint): Version[] {
  const stable: Version = {
    name: 'v1',
    slug: `${name}-v1`,
    image: `registry.example.com/${name}:1.4.2`,
    command: [
      ...['gunicorn', 'app:app', '--bind', `0.0.0.0:${PORT}`, '--worker-class', 'gthread', '--workers', '1'],
      ...['--threads', '8', '--worker-tmp-dir', '/dev/shm'],
      ...['--keep-alive', '4010', '--graceful-timeout', '65', '--timeout', '310'],
    ],
    environment: { HOME: '/tmp', USER: 'serving', LOGNAME: 'serving', XDG_RUNTIME_DIR: '/dev/shm' },
    healthPath: '/healthz',
    graceSeconds: 105,
    progressSeconds: 1210,
    model: { uri: `s3://${BUCKET}/${name}/v1/`, path: `/models/${name}` },
    scaling: { min: 2, max: 8, cpuPercent: 60 },
  };
  if (!hasCanary) return [stable];
  const next: Version = {
    name: 'v2',
    slug: `${name}-v2`,
    image: `registry.example.com/${name}:2.0.0`,
    command: [
      ...['uvicorn', 'serve:app', '--host', '0.0.0.0', '--port', String(PORT)],
      ...['--timeout-keep-alive', '4010', '--timeout-graceful-shutdown', '60'],
    ],
    environment: { HOME: '/tmp', USER: 'serving', LOGNAME: 'serving' },
    graceSeconds: 100,
    progressSeconds: 610,
  };
  return [stable, next];
}
