/** Removes the guards from a configuration, to prove that attacks succeed without them. */

import {
  renderConnectionGuard,
  renderHeaderGuard,
  renderMessageGuard,
  renderUpgradeGuard,
} from '../../../../src/kubernetes/private/router/guards';
import type { ServingPlan } from '../../../../src/plan/plan';

/** Header lines that only add what a load balancer adds. */
const ADDED = /option forwardfor|set-header X-Forwarded-/;
const REQUEST_ID = /( {2}http-request set-header X-Request-Id .*) unless .*/;

/** The check of a path after its prefix was stripped. */
const CUT = /'ambiguous path' if \{ var\(txn\.(cut|rest)\)/;

/** All guard lines, without those that only declare a condition. */
export function guardLines(plan: ServingPlan): string[] {
  return [
    '  option disable-h2-upgrade',
    ...renderConnectionGuard({}),
    ...renderMessageGuard(plan.routes, false),
    ...renderHeaderGuard({}, 80, plan.routes).filter((line) => !ADDED.test(line)),
    ...renderUpgradeGuard(),
  ].filter((line) => !/^ {2}(acl|#)/.test(line));
}

/** The configuration without guards: routes compare the raw path and host. */
export function withoutGuards(plan: ServingPlan): (text: string) => string {
  const guards = new Set(guardLines(plan));
  return (text) =>
    text
      .split('\n')
      .filter((line) => (!guards.has(line) || REQUEST_ID.test(line)) && !CUT.test(line))
      .join('\n')
      .replace(REQUEST_ID, '$1 unless { req.hdr(X-Request-Id) -m found }')
      .replaceAll('var(txn.path)', 'path')
      .replace(/^( {2}# The maps decide.*)$/m, '$1\n  http-request set-var(txn.path) path')
      .replace(',rtrim(.)', '');
}

/** Attacks that succeed on all versions without guards, at least one for each kind of vulnerability. */
export const HOLES = [
  'upgrade to echo',
  'HTTP/2 with prior knowledge for /echo',
  'chunks in HTTP/1.0',
  'TRACE',
  'no host',
  'host "a.example.com:x"',
  'host a.example.com.',
  'path "/a/%2e%2e/guarded/x"',
  'path /strip//evil.example',
  'DELETE //guarded/x',
  'DELETE /%67uarded/x',
  'DELETE /guarded%2fx',
  'header "X-Forwarded-For: 6.6.6.6"',
  'header "X_Forwarded_For: 6.6.6.6"',
  'header "Forwarded: for=6.6.6.6"',
  'header "Connection: X-Forwarded-For"',
  'header "X-Forwarded-Proto: https"',
  'header "X_Serving_Backend: dark"',
  'headers X-Tier: gold and X-Tier: free',
] as const;

/** Attacks that send a server a second request without any rule, by version; fixed in newer versions. */
export const TUNNELS: Readonly<Record<string, readonly string[]>> = {
  '2.6': ['h2c at go: one header', 'h2c at go: two headers, h2c first', 'h2c at hyper: one header'],
  '3.0.11': ['h2c at go: two headers, h2c first', 'h2c at go: a kept connection'],
};

/** For each guard, by a part of its line, an attack that only this guard stops, at least on 2.6. */
export const STOPPED_BY: Readonly<Record<string, string>> = {
  'method not supported': 'TRACE',
  'invalid version': 'HTTP/2.0 in text',
  'invalid host': 'no host',
  'invalid header': 'a NUL in a header',
  'invalid transfer-encoding${END}" if { req.fhdr(transfer-encoding)': 'capitals of an encoding',
  'invalid transfer-encoding${END}" if { req.ver 1.0 }': 'chunks in HTTP/1.0',
  'unknown expectation': 'two expectations',
  'duplicate x-tier': 'headers X-Tier: gold and X-Tier: free',
  'duplicate x-serving-backend': 'headers X-Serving-Backend: v1 and X-Serving-Backend: dark',
  'set-uri': 'an address with this host',
  'set-path': 'path /strip//evil.example',
  'ambiguous path': 'path "/a/../guarded/x"',
  "del-header '_|": 'header "X_Serving_Backend: dark"',
  "del-header '^((x[-_])?(original[-_])?forwarded": 'header "Forwarded: for=6.6.6.6"',
  'set-header X-Request-Id': 'header "X-Request-Id: a b"',
  'does not accept WebSocket': 'WebSocket at an endpoint without it',
  'del-header Connection': 'header "Connection: X-Forwarded-For"',
  'set-header Connection': 'WebSocket where an endpoint has it',
  'del-header Upgrade': 'upgrade to echo',
  'set-var(txn.upgrade)': 'WebSocket where an endpoint has it',
  'set-var(txn.path) path': 'path /strip',
  "set-var(txn.path) 'var(txn.path)": 'DELETE /http://host/x',
  '!{ res.fhdr(upgrade)': 'a server that answers WebSocket with another protocol',
};

/** Guards that no attack requires today, each with its reason. */
export const SECOND_LINES: readonly string[] = [
  // HAProxy itself returns 502 if a server upgrades without a request for it.
  '{ status 101 } !upgrading',
  // Version 2.0 is rejected by a rule too.
  'disable-h2-upgrade',
  // Without a path `set-uri` fails, with 400 or 500 depending on the version.
  'invalid path',
  // The test of the connection limit covers them.
  'tcp-request',
];
