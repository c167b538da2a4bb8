import { type Data, duplicates, type Findings, isObject, object, objects, text } from '../data';
import { checkLabelSelector, checkLabels } from './metadata';
import {
  configKey,
  dnsLabel,
  dnsSubdomain,
  intOrPercent,
  portName,
  portNumber,
  qualifiedName,
  quantity,
} from './syntax';

const OBJECT_LIMIT = 1024 * 1024;
const BASE64_FIELDS = new Set(['binaryData', 'secretData']);

function checkService(findings: Findings, spec: Data): void {
  const ports = objects(spec.ports);
  const type = spec.type ?? 'ClusterIP';
  const headless = spec.clusterIP === 'None';
  if (type === 'ExternalName')
    findings.expect(dnsSubdomain(spec.externalName) === undefined, 'spec.externalName', 'required');
  else if (!headless) findings.expect(ports.length > 0, 'spec.ports', 'required');
  if (headless) findings.expect(type === 'ClusterIP', 'spec.clusterIP', `None is not allowed with type ${type}`);
  for (const [i, port] of ports.entries()) {
    const at = `spec.ports[${i}]`;
    const target = port.targetPort;
    const problems: [string, string | undefined][] = [
      ['port', portNumber(port.port)],
      [
        'targetPort',
        target === undefined ? undefined : typeof target === 'string' ? portName(target) : portNumber(target),
      ],
      [
        'name',
        port.name === undefined ? (ports.length > 1 ? 'required with several ports' : undefined) : dnsLabel(port.name),
      ],
      ['appProtocol', port.appProtocol === undefined ? undefined : qualifiedName(port.appProtocol)],
      [
        'nodePort',
        port.nodePort !== undefined && !['NodePort', 'LoadBalancer'].includes(String(type))
          ? `not allowed with type ${type}`
          : undefined,
      ],
    ];
    for (const [field, problem] of problems) if (problem !== undefined) findings.add(`${at}.${field}`, problem);
  }
  for (const name of duplicates(ports.filter((p) => p.name !== undefined).map((p) => p.name)))
    findings.add('spec.ports', `two ports are named "${name}"`);
  for (const port of duplicates(ports.map((p) => `${p.port}/${p.protocol ?? 'TCP'}`)))
    findings.add('spec.ports', `${port} is a duplicate`);
  checkLabels(findings, 'spec.selector', spec.selector);
  if ('externalTrafficPolicy' in spec)
    findings.expect(
      ['NodePort', 'LoadBalancer'].includes(String(type)),
      'spec.externalTrafficPolicy',
      `not allowed with type ${type}`,
    );
  const stick = object(object(spec.sessionAffinityConfig).clientIP).timeoutSeconds;
  if (spec.sessionAffinityConfig !== undefined) {
    findings.expect(
      spec.sessionAffinity === 'ClientIP',
      'spec.sessionAffinityConfig',
      'needs sessionAffinity ClientIP',
    );
    findings.expect(
      Number(stick) > 0 && Number(stick) <= 86400,
      'spec.sessionAffinityConfig.clientIP.timeoutSeconds',
      `${stick} is not from 1 to 86400`,
    );
  }
}

function checkData(findings: Findings, maps: { readonly [field: string]: unknown }): void {
  let size = 0;
  const keys: string[] = [];
  for (const [field, map] of Object.entries(maps)) {
    for (const [key, value] of Object.entries(object(map))) {
      keys.push(key);
      size += BASE64_FIELDS.has(field) ? Buffer.from(text(value), 'base64').length : Buffer.byteLength(text(value));
      const problem = configKey(key);
      if (problem !== undefined) findings.add(`${field}[${key}]`, problem);
    }
  }
  findings.expect(size <= OBJECT_LIMIT, '', `${size} bytes of data are more than ${OBJECT_LIMIT}`);
  for (const key of duplicates(keys)) findings.add('', `the key "${key}" is a duplicate`);
}

function checkDisruptionBudget(findings: Findings, spec: Data): void {
  const given = ['minAvailable', 'maxUnavailable'].filter((field) => field in spec);
  findings.expect(
    given.length === 1,
    'spec',
    `needs exactly one of minAvailable, maxUnavailable, has ${given.join(' and ') || 'none'}`,
  );
  for (const field of given) {
    const bound = intOrPercent(spec[field]);
    findings.expect(
      bound !== undefined && bound.value >= 0 && !(bound.percent && bound.value > 1),
      `spec.${field}`,
      `${spec[field]} is neither a count nor a percentage`,
    );
  }
  findings.expect(isObject(spec.selector), 'spec.selector', 'required, without it the budget covers nothing');
  checkLabelSelector(findings, 'spec.selector', spec.selector);
}

const METRIC_SOURCES: { readonly [type: string]: string } = {
  ContainerResource: 'containerResource',
  External: 'external',
  Object: 'object',
  Pods: 'pods',
  Resource: 'resource',
};
const TARGET_VALUES: { readonly [type: string]: string } = {
  AverageValue: 'averageValue',
  Utilization: 'averageUtilization',
  Value: 'value',
};

function checkMetric(findings: Findings, path: string, metric: Data): void {
  const expected = METRIC_SOURCES[text(metric.type)];
  const sources = Object.values(METRIC_SOURCES).filter((source) => source in metric);
  findings.expect(
    sources.length === 1 && sources[0] === expected,
    path,
    `type ${metric.type} needs exactly ${expected}, has ${sources.join(', ') || 'none'}`,
  );
  const target = object(object(metric[sources[0] ?? '']).target);
  const at = `${path}.${sources[0]}.target`;
  const expectedValue = TARGET_VALUES[text(target.type)];
  const values = Object.values(TARGET_VALUES).filter((value) => value in target);
  findings.expect(
    values.length === 1 && values[0] === expectedValue,
    at,
    `type ${target.type} needs exactly ${expectedValue}, has ${values.join(', ') || 'none'}`,
  );
  if (target.type === 'Utilization')
    findings.expect(
      metric.type === 'Resource' || metric.type === 'ContainerResource',
      at,
      'Utilization is for resources only',
    );
  const amount = quantity(target[values[0] ?? '']);
  if (amount !== undefined) findings.expect(amount > 0, at, `${amount} must be positive`);
}

function checkBehavior(findings: Findings, path: string, rules: Data): void {
  const window = rules.stabilizationWindowSeconds;
  if (window !== undefined)
    findings.expect(
      Number(window) >= 0 && Number(window) <= 3600,
      `${path}.stabilizationWindowSeconds`,
      `${window} is not from 0 to 3600`,
    );
  if ('policies' in rules) findings.expect(objects(rules.policies).length > 0, `${path}.policies`, 'must not be empty');
  for (const [i, policy] of objects(rules.policies).entries()) {
    const [value, period] = [Number(policy.value), Number(policy.periodSeconds)];
    findings.expect(value > 0, `${path}.policies[${i}].value`, `${value} must be positive`);
    findings.expect(
      period >= 1 && period <= 1800,
      `${path}.policies[${i}].periodSeconds`,
      `${period} is not from 1 to 1800`,
    );
  }
  const tolerance = quantity(rules.tolerance);
  if (tolerance !== undefined) findings.expect(tolerance >= 0, `${path}.tolerance`, `${tolerance} is negative`);
}

function checkAutoscaler(findings: Findings, spec: Data): void {
  const [least, most] = [Number(spec.minReplicas ?? 1), Number(spec.maxReplicas)];
  findings.expect(least >= 1, 'spec.minReplicas', `${least} is less than 1`);
  findings.expect(most >= least, 'spec.maxReplicas', `${most} is less than minReplicas ${least}`);
  for (const [i, metric] of objects(spec.metrics).entries()) checkMetric(findings, `spec.metrics[${i}]`, metric);
  for (const [direction, rules] of Object.entries(object(spec.behavior)))
    checkBehavior(findings, `spec.behavior.${direction}`, object(rules));
}

function checkNetworkPolicy(findings: Findings, spec: Data): void {
  checkLabelSelector(findings, 'spec.podSelector', spec.podSelector);
  for (const [direction, peers] of [
    ['ingress', 'from'],
    ['egress', 'to'],
  ] as const) {
    for (const [i, rule] of objects(spec[direction]).entries()) {
      const at = `spec.${direction}[${i}]`;
      for (const [k, peer] of objects(rule[peers]).entries()) {
        const blocks = 'ipBlock' in peer;
        const selectors = ['namespaceSelector', 'podSelector'].filter((key) => key in peer);
        findings.expect(blocks !== selectors.length > 0, `${at}.${peers}[${k}]`, 'needs either ipBlock or selectors');
        if (blocks)
          findings.expect(
            /^[0-9a-f.:]+\/\d{1,3}$/.test(text(object(peer.ipBlock).cidr)),
            `${at}.${peers}[${k}].ipBlock.cidr`,
            `"${object(peer.ipBlock).cidr}" is not a block of addresses`,
          );
        for (const key of selectors) checkLabelSelector(findings, `${at}.${peers}[${k}].${key}`, peer[key]);
      }
      for (const [k, { port, endPort }] of objects(rule.ports).entries()) {
        const problem = port === undefined ? undefined : typeof port === 'string' ? portName(port) : portNumber(port);
        if (problem !== undefined) findings.add(`${at}.ports[${k}].port`, problem);
        if (endPort !== undefined)
          findings.expect(
            Number(endPort) >= Number(port),
            `${at}.ports[${k}].endPort`,
            `${endPort} is less than port ${port}`,
          );
      }
    }
  }
}

/** Checks by kind, for objects without Pods. */
export const OBJECT_CHECKS: { readonly [kind: string]: (findings: Findings, object: Data) => void } = {
  ConfigMap: (findings, { data, binaryData }) => checkData(findings, { data, binaryData }),
  HorizontalPodAutoscaler: (findings, { spec }) => checkAutoscaler(findings, object(spec)),
  NetworkPolicy: (findings, { spec }) => checkNetworkPolicy(findings, object(spec)),
  PodDisruptionBudget: (findings, { spec }) => checkDisruptionBudget(findings, object(spec)),
  Secret: (findings, { data, stringData }) => checkData(findings, { secretData: data, stringData }),
  Service: (findings, { spec }) => checkService(findings, object(spec)),
};
