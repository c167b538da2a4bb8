import { Construct } from 'constructs';
import { Backend } from '../../../src/constructs/backend';
import { ServingEndpoint } from '../../../src/constructs/serving-endpoint';
import { TrafficSplit } from '../../../src/constructs/traffic-split';
import { LoadBalancing } from '../../../src/plan/choices';
import { Duration } from '../../../src/units/duration';
import { backendOptions } from '../../support/definitions';
import { type Edit, OTHER_NAMES, type Parts, PRUNE } from './edit';

const second = ({ endpoint }: Parts): Backend => endpoint.addBackend('resnet', backendOptions());

/** Two backends, of which the first has this weight of ten. */
function split(weight: number): (parts: Parts) => void {
  return (parts) => {
    const shares = [
      { backend: parts.backend, weight },
      { backend: second(parts), weight: 10 - weight },
    ];
    parts.endpoint.splitTraffic({ shares });
  };
}

const gone = [[/^gone /, PRUNE]] as const;
const renamed = [[/^gone /, OTHER_NAMES]] as const;

/** Edits of what a definition consists of. */
export const STRUCTURE_EDITS: readonly Edit[] = [
  { name: 'a second backend', to: { more: second }, back: gone },
  { name: 'a second backend without requests', to: { more: split(10) }, back: gone },
  { name: 'a canary', from: { more: split(10) }, to: { more: split(9) } },
  { name: 'all requests to the second backend', from: { more: split(9) }, to: { more: split(0) } },
  {
    name: 'a rule for a header',
    from: { more: second },
    to: {
      more: (parts) => {
        const backend = second(parts);
        parts.endpoint.splitTraffic({ headerRules: [{ header: 'x-version', value: '2', backend }] });
      },
    },
  },
  {
    name: 'a canary by TrafficSplit',
    from: { more: second },
    to: {
      more: (parts) => {
        const { chart, endpoint, backend: stable } = parts;
        const canary = second(parts);
        new TrafficSplit(chart, 'Split', { endpoint, ...TrafficSplit.canary({ stable, canary, percent: 5 }) });
      },
    },
  },
  { name: 'another id of the backend', to: { ids: ['serving', 'digits', 'svm2'] }, forth: renamed, back: renamed },
  { name: 'another id of the endpoint', to: { ids: ['serving', 'numbers', 'svm'] }, forth: renamed, back: renamed },
  {
    name: 'other ids with the same names',
    to: {
      ids: ['serving', 'Numbers', 'V1'],
      endpoint: { endpointName: 'digits' },
      backend: { backendName: 'svm' },
    },
  },
  {
    name: 'another id of the chart',
    to: { ids: ['models', 'digits', 'svm'] },
    pods: true,
    forth: [[/^gone \w+\/serving-router/, OTHER_NAMES]],
    back: [[/^gone \w+\/models-router/, OTHER_NAMES]],
    routing: 'router',
  },
  {
    name: 'a namespace',
    to: { chart: { namespace: 'models' } },
    forth: renamed,
    back: renamed,
  },
  {
    name: 'a second endpoint',
    to: {
      more: ({ chart }) =>
        void new ServingEndpoint(chart, 'letters', { path: '/letters' }).addBackend('v1', backendOptions()),
    },
    back: gone,
  },
  {
    name: 'a second endpoint with longer requests',
    to: {
      more: ({ chart }) => {
        const props = { path: '/letters', requestTimeout: Duration.minutes(20) };
        new ServingEndpoint(chart, 'letters', props).addBackend('v1', backendOptions());
      },
    },
    back: gone,
  },
  {
    name: 'a second endpoint of the same backend',
    to: {
      more: ({ chart, backend }) => new ServingEndpoint(chart, 'letters', { path: '/letters' }).attachBackend(backend),
    },
    back: gone,
  },
  {
    name: 'a backend in a scope of its own',
    from: {
      more: ({ chart, endpoint }) =>
        endpoint.attachBackend(new Backend(chart, 'shared', backendOptions({ backendName: 'shared' }))),
    },
    to: {
      more: ({ chart, endpoint }) =>
        endpoint.attachBackend(
          new Backend(new Construct(chart, 'Backends'), 'shared', backendOptions({ backendName: 'shared' })),
        ),
    },
  },
  {
    name: 'a backend that is declared before its endpoint',
    to: {
      more: ({ chart, endpoint }) => {
        const later = new ServingEndpoint(chart, 'letters', { path: '/letters' });
        later.attachBackend(new Backend(chart, 'shared', backendOptions({ loadBalancing: LoadBalancing.ROUND_ROBIN })));
        endpoint.addBackend('v2', backendOptions());
      },
    },
    back: gone,
  },
];
