import type { FleetEndpoint } from '../fleet';
import { versionsOf } from './models';

const HEAD = `global
  log stdout format raw daemon
  maxconn 10000
  no strict-limits
  nbthread 2
  hard-stop-after 70s

resolvers cluster
  parse-resolv-conf
  accepted_payload_size 65535
  timeout resolve 1000ms
  timeout retry 1s
  resolve_retries 1
  hold valid 1s
  hold obsolete 0s
  hold nx 1s
  hold timeout 24h
  hold refused 24h
  hold other 24h

defaults base
  mode http
  log global
  option httplog
  option dontlog-normal
  option dontlognull
  option idle-close-on-response
  timeout http-request 60s
  timeout http-keep-alive 4010s
  timeout client 70s
  timeout server 70s
  timeout tunnel 70s
  timeout connect 1s
  retries 3
  retry-on conn-failure
  option redispatch 1
  http-reuse safe

frontend _admin from base
  bind "\${POD_IP}:8404,127.0.0.1:8404"
  monitor-uri /healthz
  http-request use-service prometheus-exporter if { path /metrics }
  http-request return status 404

frontend _router from base
  bind "\${POD_IP}:8080,127.0.0.1:8080"
  option forwardfor
  http-request set-header X-Forwarded-Proto http unless { req.hdr(X-Forwarded-Proto) -m found }
  http-request set-header X-Forwarded-Port 80 unless { req.hdr(X-Forwarded-Port) -m found }
  http-request set-header X-Request-Id %[uuid] unless { req.hdr(X-Request-Id) -m found }
  acl routed var(txn.route) -m found`;

/** The one backend that the route names. */
const CHOICE_OF_ONE = `  acl chosen var(txn.pool) -m found
  http-request set-var(txn.pool) var(txn.route),field(8,|) if !chosen
  use_backend %[var(txn.pool)] if { var(txn.pool) -m found }`;

/** By a counter of the endpoint, then the next one with a ready server, else the first. */
const CHOICE_OF_TWO = `  acl chosen var(txn.pool) -m found
  http-request set-var(txn.step) var(txn.route),field(5,|)
  http-request set-var(txn.total) var(txn.route),field(6,|)
  acl counted var(txn.total) -m int gt 1
  http-request track-sc0 var(txn.route),field(1,|) table _counters if counted
  http-request set-var(txn.slot) sc0_inc_gpc0(_counters),mul(txn.step),mod(txn.total) if counted
  http-request set-var(txn.pool) var(txn.route),field(8,|) if !chosen { var(txn.route),field(7,|),sub(txn.slot) gt 0 } { var(txn.route),field(8,|),nbsrv gt 0 }
  http-request set-var(txn.pool) var(txn.route),field(10,|) if !chosen { var(txn.route),field(9,|),sub(txn.slot) gt 0 } { var(txn.route),field(10,|),nbsrv gt 0 }
  http-request set-var(txn.pool) var(txn.route),field(8,|) if !chosen counted { var(txn.route),field(8,|),nbsrv gt 0 }
  http-request set-var(txn.pool) var(txn.route),field(10,|) if !chosen counted { var(txn.route),field(10,|),nbsrv gt 0 }
  http-request set-var(txn.pool) var(txn.route),field(8,|) if !chosen
  use_backend %[var(txn.pool)] if { var(txn.pool) -m found }`;

const SERVERS = `defaults pool from base
  balance roundrobin
  http-request set-timeout server var(txn.route),field(2,|),mul(1000)
  http-request set-timeout tunnel var(txn.route),field(2,|),mul(1000)
  option httpchk
  http-check send meth GET uri / ver HTTP/1.1 hdr Host localhost
  http-check expect status 200-499
  timeout check 5s
  default-server init-addr none resolvers cluster resolve-prefer ipv4
  default-server pool-purge-delay 1s pool-max-conn 4096
  default-server check inter 10s rise 2 fall 3 fastinter 1s observe layer4 on-error fastinter`;

/** The configuration of the router of these endpoints. */
export function haproxyConfig(endpoints: FleetEndpoint[]): string {
  const canaries = endpoints.filter((endpoint) => endpoint.hasCanary).length;
  return [
    HEAD,
    ...endpoints.flatMap(conditions),
    '',
    ...endpoints.flatMap(ownRoutes),
    ...endpoints.map(sharesRoute),
    ...endpoints.map(
      ({ name }) =>
        `  http-request return status 405 content-type text/plain string "method not allowed" hdr Allow POST if !routed ${name}.path`,
    ),
    '  http-request return status 404 content-type text/plain string "not found" if !routed',
    '',
    canaries === 0 ? CHOICE_OF_ONE : CHOICE_OF_TWO,
    '',
    ...(canaries === 0
      ? []
      : ['backend _counters from base', `  stick-table type string len 64 size ${canaries} store gpc0`, '']),
    SERVERS,
    '',
    ...endpoints.flatMap(servers),
    '',
  ].join('\n');
}

function conditions({ name, hasCanary }: FleetEndpoint): string[] {
  return [
    `  acl ${name}.path path -m str -- /${name}`,
    `  acl ${name}.path path -m beg -- /${name}/`,
    `  acl ${name}.method method -- POST`,
    `  acl ${name}.own req.fhdr(x-serving-backend) -m str -- v1`,
    ...(hasCanary ? [`  acl ${name}.own-2 req.fhdr(x-serving-backend) -m str -- v2`] : []),
  ];
}

/** A route is what the frontend knows of the request: endpoint, timeout, rewriting, step, total, and shares by backend. */
function route(name: string, shares: string, conditions: string): string {
  return `  http-request set-var(txn.route) str(${name}|70|||${shares}) if !routed ${name}.path ${name}.method${conditions}`;
}

function ownRoutes({ name, hasCanary }: FleetEndpoint): string[] {
  return [
    route(name, `1|1|1|${name}-v1`, ` ${name}.own`),
    ...(hasCanary ? [route(name, `1|1|1|${name}-v2`, ` ${name}.own-2`)] : []),
  ];
}

function sharesRoute({ name, hasCanary }: FleetEndpoint): string {
  return route(name, hasCanary ? `7|10|9|${name}-v1|10|${name}-v2` : `1|1|1|${name}-v1`, '');
}

function servers(endpoint: FleetEndpoint): string[] {
  return versionsOf(endpoint).flatMap(({ slug, healthPath, scaling }) => [
    `backend ${slug} from pool`,
    ...(healthPath === undefined
      ? []
      : [
          '  option httpchk',
          `  http-check send meth GET uri ${healthPath} ver HTTP/1.1 hdr Host localhost`,
          '  http-check expect status 200-399',
        ]),
    `  server-template pod ${2 * (scaling?.max ?? 1)} "_http._tcp.${slug}-pods.\${POD_NAMESPACE}.svc.cluster.local"`,
    '',
  ]);
}
