import { hasTwo } from './definition';
import type { Files } from './measure';

/** The start of the frontend with the lines that keep requests unambiguous; an equivalent configuration needs them too. */
function headOf(ours: string): string[] {
  const lines = ours.split('\n');
  const at = (start: string) => lines.findIndex((line) => line.startsWith(start));
  return lines.slice(at('frontend _router'), at('  # The maps decide')).filter((line) => line !== '');
}

/** The lines of the router about upgrades, of which WebSocket is refused everywhere. */
function upgradesOf(ours: string): string[] {
  const lines = ours.split('\n');
  const first = lines.findIndex((line) => line.startsWith('  acl upgrade '));
  const last = lines.findIndex((line, index) => index > first && line === '');
  return lines.slice(first, last).map((line) => line.replace(/if upgrading !\{ var\(txn.route\).*/, 'if upgrading'));
}

/** What is left of the guards if clients are trusted. */
const BARE = ['  option forwardfor', '  http-request set-var(txn.path) path'];

/**
 * A configuration that an expert would write for these endpoints only: one lookup of the longest path, shares as weights of
 * servers, and everything else in the section of a backend. Without guards it only forwards.
 */
export function handTuned(endpoints: number, files: Files, server: string, hasGuards = true): Files {
  const ours = files['haproxy.cfg'] as string;
  const indices = Array.from({ length: endpoints }, (_, index) => index);
  const base = ours.slice(ours.indexOf('global\n'), ours.indexOf('frontend _router'));
  const sources = ours.slice(ours.indexOf('backend _sources'), ours.indexOf('defaults service'));
  const configuration = [
    base,
    ...(hasGuards ? [...headOf(ours), ...upgradesOf(ours)] : [...headOf(ours).slice(0, 2), ...BARE]),
    '  http-request set-var(txn.pool) var(txn.path),concat(/),map_beg(pools.map)',
    '  http-request return status 404 content-type text/plain string "not found" unless { var(txn.pool) -m found }',
    '  http-request return status 405 content-type text/plain string "method not allowed" hdr Allow "GET, HEAD, POST" unless { method GET HEAD POST }',
    `  http-request return status 400 content-type text/plain string 'ambiguous path' if { path,field(2,/,2) -m reg -i -- '%2f|//|/$' }`,
    '  use_backend %[var(txn.pool)]',
    '',
    sources,
    'defaults pool from base',
    '  balance roundrobin',
    '  timeout server 70s',
    '  timeout tunnel 70s',
    '  default-server pool-purge-delay 1s pool-max-conn 4096',
    '',
    ...indices.flatMap((index) => [
      `backend model-${index} from pool`,
      `  http-request set-header X-Forwarded-Prefix %[req.fhdr(X-Forwarded-Prefix),rtrim(/)]/team-${index % 10}/model-${index}`,
      '  http-request set-path /%[path,field(4,/,0)]',
      ...(hasTwo(index)
        ? [
            '  use-server v1 if { req.fhdr(x-serving-backend) -m str v1 }',
            '  use-server v2 if { req.fhdr(x-serving-backend) -m str v2 }',
            `  server v1 ${server} weight 90`,
            `  server v2 ${server} weight 10`,
          ]
        : [`  server v1 ${server}`]),
      '',
    ]),
    '',
  ].join('\n');
  const pools = indices.map((index) => `/team-${index % 10}/model-${index}/ model-${index}\n`).join('');
  return { 'haproxy.cfg': configuration, 'pools.map': pools };
}
