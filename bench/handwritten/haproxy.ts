import type { FleetEndpoint } from '../fleet';
import { versionsOf } from './models';

const HEAD = `global
  default-path config
  log stdout format raw daemon
  maxconn 10000
  no strict-limits
  nbthread 2
  tune.bufsize 66560
  tune.maxrewrite 1024
  tune.http.maxhdr 500
  tune.buffers.limit 12000
  hard-stop-after 70s
  setenv PROBLEM '%[var(txn.text,0),bool,iif("","{\\"type\\":\\"about:blank\\",\\"status\\":")]'
  setenv TITLE '%[var(txn.text,0),bool,iif(" ",",\\"title\\":\\"")]'
  setenv DETAIL '%[var(txn.text,0),bool,iif(": ","\\",\\"detail\\":\\"")]'
  setenv END '%[var(txn.text,0),bool,iif("","\\"}")]'

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
  no option abortonclose
  option disable-h2-upgrade
  timeout http-request 10s
  timeout http-keep-alive 4010s
  timeout client 71s
  timeout server 61s
  timeout tunnel 61s
  timeout connect 1s
  retries 3
  retry-on conn-failure
  option redispatch 1
  http-reuse safe
  http-error status 400 content-type application/problem+json lf-string "\${PROBLEM}400\${TITLE}Bad Request\${DETAIL}the request is invalid, or its client closed the connection\${END}"
  http-error status 408 content-type application/problem+json lf-string "\${PROBLEM}408\${TITLE}Request Timeout\${DETAIL}the request did not arrive in time\${END}"
  http-error status 500 content-type application/problem+json lf-string "\${PROBLEM}500\${TITLE}Internal Server Error\${DETAIL}the router failed\${END}"
  http-error status 502 content-type application/problem+json lf-string "\${PROBLEM}502\${TITLE}Bad Gateway\${DETAIL}the replica closed the connection or sent an invalid response\${END}"
  http-error status 503 content-type application/problem+json lf-string "\${PROBLEM}503\${TITLE}Service Unavailable\${DETAIL}%[var(txn.pool),nbsrv,bool,iif(\\"no replica accepted the request in time\\",\\"no replica is ready\\")]\${END}" hdr Retry-After 1
  http-error status 504 content-type application/problem+json lf-string "\${PROBLEM}504\${TITLE}Gateway Timeout\${DETAIL}the replica did not answer in time\${END}"

defaults client from base
  option abortonclose

frontend _admin from base
  bind "\${POD_IP}:8404,127.0.0.1:8404"
  monitor-uri /healthz
  http-request use-service prometheus-exporter if { path /metrics }
  http-request return status 404

frontend _router from client
  bind "\${POD_IP}:8080,127.0.0.1:8080"
  tcp-request connection track-sc1 src table _sources
  tcp-request connection reject if { sc1_conn_cur gt 1000 }
  http-request set-var(txn.text) bool(true) if { req.hdr(accept) -m beg -i text/plain text/html text/* } !{ req.hdr(accept) -m sub -i json }
  http-after-response set-header Content-Type text/plain if { var(txn.text) -m found }
  http-request return status 501 content-type application/problem+json lf-string "\${PROBLEM}501\${TITLE}Not Implemented\${DETAIL}method not supported\${END}" if { method -m str -i CONNECT TRACE }
  http-request return status 400 content-type application/problem+json lf-string "\${PROBLEM}400\${TITLE}Bad Request\${DETAIL}invalid version\${END}" unless { req.ver 1.0 1.1 }
  acl named req.fhdr(host) -m reg -i -- '^([a-z0-9_]([a-z0-9._-]*[a-z0-9_.])?|\\[[0-9a-f:.]+\\])(:[0-9]{1,5})?$'
  http-request return status 400 content-type application/problem+json lf-string "\${PROBLEM}400\${TITLE}Bad Request\${DETAIL}invalid host\${END}" if !named { req.fhdr(host) -m found } or !named { req.ver 1.1 }
  http-request return status 400 content-type application/problem+json lf-string "\${PROBLEM}400\${TITLE}Bad Request\${DETAIL}invalid header\${END}" if { req.hdrs -m reg -- '\\x00' }
  http-request return status 400 content-type application/problem+json lf-string "\${PROBLEM}400\${TITLE}Bad Request\${DETAIL}invalid transfer-encoding\${END}" if { req.fhdr(transfer-encoding) -m found } !{ req.fhdr(transfer-encoding) -m str chunked } or { req.fhdr_cnt(transfer-encoding) gt 1 }
  http-request return status 417 content-type application/problem+json lf-string "\${PROBLEM}417\${TITLE}Expectation Failed\${DETAIL}unknown expectation\${END}" if { req.fhdr(expect) -m found } !{ req.fhdr(expect) -m str -i 100-continue } or { req.fhdr_cnt(expect) gt 1 }
  http-request return status 400 content-type application/problem+json lf-string "\${PROBLEM}400\${TITLE}Bad Request\${DETAIL}invalid transfer-encoding\${END}" if { req.ver 1.0 } { req.fhdr(transfer-encoding) -m found }
  http-request return status 400 content-type application/problem+json lf-string "\${PROBLEM}400\${TITLE}Bad Request\${DETAIL}duplicate x-serving-backend\${END}" if { req.fhdr_cnt(x-serving-backend) gt 1 }
  http-request return status 400 content-type application/problem+json lf-string "\${PROBLEM}400\${TITLE}Bad Request\${DETAIL}invalid path\${END}" unless { path -m beg / }
  http-request set-uri %[pathq] unless { url -m beg / }
  http-request set-path '%[path,regsub("(?<!:)//+",/,g)]' if { path -m sub // }
  http-request set-var(txn.path) path,url_dec
  acl ambiguous path -m reg -i -- '%([01][0-9a-f]|7f|c[01])'
  acl ambiguous var(txn.path) -m reg -i -- '(?<!:)//+|\\\\|(^|/|%(25)*(2f|5c))([.]|%(25)*2e){1,2}(;|/|%(25)*(2f|5c)|$)'
  http-request return status 400 content-type application/problem+json lf-string "\${PROBLEM}400\${TITLE}Bad Request\${DETAIL}ambiguous path\${END}" if ambiguous or !{ var(txn.path) -m found }
  http-request set-var(txn.path) 'var(txn.path),regsub(//+,/,g)' if { var(txn.path) -m sub // }
  http-request del-header '_|^(http2[-_]settings|keep[-_]alive|proxy|proxy[-_]connection|te|x[-_]http[-_]method([-_]override)?|x[-_]method[-_]override)$' -m reg
  http-request del-header '^((x[-_])?(original[-_])?forwarded([-_].*)?|(x[-_])?(true[-_]|cluster[-_]|fastly[-_]|cf[-_])?(client|connecting|real|remote|originating)[-_]?(ip|ipv6|addr)|(wl[-_])?proxy[-_]client[-_]ip|x[-_](azure[-_]clientip|envoy[-_].*)|x[-_](original|rewrite)[-_](url|uri|host|path|prefix|method)|x[-_](host|scheme|url[-_]scheme)|(x[-_])?(script[-_]name|path[-_]info)|front[-_]end[-_]https|(x[-_])?ssl[-_]client[-_].*|client[-_]cert([-_]chain)?)$' -m reg
  option forwardfor
  http-request set-header X-Forwarded-Proto http unless { req.hdr(X-Forwarded-Proto) -m found }
  http-request set-header X-Forwarded-Port 80 unless { req.hdr(X-Forwarded-Port) -m found }
  http-request set-header X-Forwarded-Host %[req.fhdr(host)] if named !{ req.hdr(X-Forwarded-Host) -m found }
  http-request set-header X-Request-Id %[uuid] unless { req.fhdr_cnt(X-Request-Id) eq 1 } { req.fhdr(X-Request-Id) -m reg -- '^[A-Za-z0-9._:/+=@-]{1,128}$' }
  acl routed var(txn.route) -m found
  http-request set-var(txn.at) var(txn.path),concat(/),map_beg(paths.map)
  http-request set-var(txn.at) method,concat(|,txn.at),map_str(methods.map)`;

const OWN_ADDRESSES =
  '  http-request set-var(txn.at) req.fhdr(x-serving-backend),concat(|x-serving-backend|,txn.at),map_str(headers.map)';

const ROUTES = `  http-request set-var(txn.route) var(txn.at),map_str(routes.map)
  http-request set-var(txn.allow) var(txn.at),map_str(allow.map) if !routed
  http-request return status 405 content-type application/problem+json lf-string "\${PROBLEM}405\${TITLE}Method Not Allowed\${DETAIL}the endpoint does not accept this method\${END}" hdr Allow %[var(txn.allow)] if { var(txn.allow) -m found }
  http-request return status 404 content-type application/problem+json lf-string "\${PROBLEM}404\${TITLE}Not Found\${DETAIL}no endpoint matches the request\${END}" if !routed`;

/** Allows WebSocket if the route does, and no other upgrade. */
const UPGRADES = `  acl upgrade req.hdr(connection) -m str -i upgrade
  acl websocket req.fhdr(upgrade) -m str -i websocket
  acl once req.fhdr_cnt(upgrade) eq 1
  http-request set-var(txn.upgrade) str(websocket) if upgrade websocket once { method GET }
  acl upgrading var(txn.upgrade) -m found
  http-request return status 400 content-type application/problem+json lf-string "\${PROBLEM}400\${TITLE}Bad Request\${DETAIL}this endpoint does not accept WebSocket\${END}" if upgrading !{ var(txn.route),field(3,|) -m str ws }
  http-request del-header Connection
  http-request set-header Connection Upgrade if upgrading
  http-request del-header Upgrade unless upgrading
  http-response return status 502 default-errorfiles if { status 101 } !upgrading
  http-response return status 502 default-errorfiles if { status 101 } !{ res.fhdr(upgrade) -m str -i websocket }
  http-response unset-var(txn.text)`;

/** The table of open connections by address. */
const SOURCES = `backend _sources from base
  stick-table type ipv6 size 20000 expire 10s store conn_cur`;

/** Uses the only backend of a route. */
const CHOICE_OF_ONE = `  acl chosen var(txn.pool) -m found
  http-request set-var(txn.service) str(_service) if !chosen !{ stopping } { var(txn.route),field(10,|),nbsrv eq 0 }
  http-request set-var(txn.pool) var(txn.route),field(10,|) if !chosen
  use_backend %[var(txn.service)] if { var(txn.service) -m found }
  use_backend %[var(txn.pool)] if { var(txn.pool) -m found }`;

/** Chooses by a counter of the endpoint, otherwise the next backend with a ready server, otherwise the first. */
const CHOICE_OF_TWO = `  acl chosen var(txn.pool) -m found
  http-request set-var(txn.step) var(txn.route),field(7,|)
  http-request set-var(txn.total) var(txn.route),field(8,|)
  acl counted var(txn.total) -m int gt 1
  http-request track-sc0 var(txn.route),field(1,|) table _counters if counted
  http-request set-var(txn.slot) sc0_inc_gpc0(_counters),mul(txn.step),mod(txn.total) if counted
  http-request set-var(txn.pool) var(txn.route),field(10,|) if !chosen { var(txn.route),field(9,|),sub(txn.slot) gt 0 } { var(txn.route),field(10,|),nbsrv gt 0 }
  http-request set-var(txn.pool) var(txn.route),field(12,|) if !chosen { var(txn.route),field(11,|),sub(txn.slot) gt 0 } { var(txn.route),field(12,|),nbsrv gt 0 }
  http-request set-var(txn.pool) var(txn.route),field(10,|) if !chosen counted { var(txn.route),field(10,|),nbsrv gt 0 }
  http-request set-var(txn.pool) var(txn.route),field(12,|) if !chosen counted { var(txn.route),field(12,|),nbsrv gt 0 }
  http-request set-var(txn.service) str(_service) if !chosen !{ stopping } { var(txn.route),field(10,|),nbsrv eq 0 }
  http-request set-var(txn.pool) var(txn.route),field(10,|) if !chosen
  use_backend %[var(txn.service)] if { var(txn.service) -m found }
  use_backend %[var(txn.pool)] if { var(txn.pool) -m found }`;

/** The Service of a backend, for requests while DNS lists none of its replicas. */
const SERVICE = `defaults service from base
  http-request set-timeout server var(txn.route),field(2,|)
  http-request set-timeout tunnel var(txn.route),field(2,|)
  http-request set-var(txn.name) "var(txn.pool),concat(.\${POD_NAMESPACE}.svc.cluster.local)"
  http-request do-resolve(txn.address,cluster,ipv4) var(txn.name)
  http-request return status 503 content-type application/problem+json lf-string "\${PROBLEM}503\${TITLE}Service Unavailable\${DETAIL}no replica is ready\${END}" hdr Retry-After 1 unless { var(txn.address) -m found }
  http-request set-dst var(txn.address)
  default-server pool-max-conn 0

backend _service from service
  server service 0.0.0.0:80`;

const SERVERS = `defaults pool from base
  balance roundrobin
  http-request set-timeout server var(txn.route),field(2,|)
  http-request set-timeout tunnel var(txn.route),field(2,|)
  option httpchk
  http-check send meth GET uri / ver HTTP/1.1 hdr Host '%[bc_dst,regsub("^(.*:.*)$","[\\1]")]:%[bc_dst_port]'
  http-check expect status 200-499
  timeout check 5s
  default-server init-addr none resolvers cluster resolve-prefer ipv4
  default-server pool-purge-delay 1s pool-max-conn 4096
  default-server check inter 10s rise 2 fall 3 fastinter 1s observe layer4 on-error fastinter`;

/** The configuration of the router for these endpoints, and the maps that it reads. */
export function haproxyFiles(endpoints: FleetEndpoint[]): Record<string, string> {
  return { 'haproxy.cfg': haproxyConfig(endpoints), ...mapsOf(endpoints) };
}

function haproxyConfig(endpoints: FleetEndpoint[]): string {
  const canaries = endpoints.filter((endpoint) => endpoint.hasCanary).length;
  return [
    HEAD,
    ...(canaries === 0 ? [] : [OWN_ADDRESSES]),
    ROUTES,
    '',
    UPGRADES,
    '',
    canaries === 0 ? CHOICE_OF_ONE : CHOICE_OF_TWO,
    '',
    ...(canaries === 0
      ? []
      : ['backend _counters from base', `  stick-table type string len 64 size ${canaries} store gpc0`, '']),
    SOURCES,
    '',
    SERVICE,
    '',
    SERVERS,
    '',
    ...endpoints.flatMap(servers),
    '',
  ].join('\n');
}

/** Only an endpoint with a canary has own addresses that differ from its shares. */
function mapsOf(endpoints: FleetEndpoint[]): Record<string, string> {
  const canaries = endpoints.filter((endpoint) => endpoint.hasCanary);
  const maps = {
    'paths.map': endpoints.map(({ name }) => `/${name}/ ${name}?`),
    'methods.map': endpoints.map(({ name }) => `POST|${name}? ${name}`),
    'headers.map': canaries.flatMap(({ name }) =>
      ['v1', 'v2'].map((version) => `${version}|x-serving-backend|${name} ${name}@${version}`),
    ),
    'routes.map': [
      ...endpoints.map(({ name, hasCanary }) =>
        route(name, name, hasCanary ? `7|10|9|${name}-v1|10|${name}-v2` : `1|1|1|${name}-v1`),
      ),
      ...canaries.flatMap(({ name }) =>
        ['v1', 'v2'].map((version) => route(`${name}@${version}`, name, `1|1|1|${name}-${version}`)),
      ),
    ],
    'allow.map': endpoints.map(({ name }) => `${name}? POST`),
  };
  return Object.fromEntries(
    Object.entries(maps)
      .filter(([, lines]) => lines.length > 0)
      .map(([file, lines]) => [
        file,
        lines
          .sort()
          .map((line) => `${line}\n`)
          .join(''),
      ]),
  );
}

/** The columns of a route are endpoint, timeout, protocol, rewriting, step, total, and the shares by backend. */
function route(state: string, name: string, shares: string): string {
  return `${state} ${name}|61000|||||${shares}`;
}

function servers(endpoint: FleetEndpoint): string[] {
  return versionsOf(endpoint).flatMap(({ slug, healthPath, scaling }) => [
    `backend ${slug} from pool`,
    ...(healthPath === undefined
      ? []
      : [
          '  option httpchk',
          `  http-check send meth GET uri ${healthPath} ver HTTP/1.1 hdr Host '%[bc_dst,regsub("^(.*:.*)$","[\\1]")]:%[bc_dst_port]'`,
          '  http-check expect status 200-399',
        ]),
    // uvicorn notifies the application when a client has gone.
    ...(slug.endsWith('-v2') ? ['  option abortonclose'] : []),
    `  server-template pod ${2 * (scaling?.max ?? 1)} "_http._tcp.${slug}-pods.\${POD_NAMESPACE}.svc.cluster.local"`,
    '',
  ]);
}
