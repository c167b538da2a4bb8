/** Target groups: relations between their numbers. */
import { Findings, object, text } from '../data';
import { attribute, numberOf } from './ranges';
import type { Stacks } from './stacks';

const DEFAULT_INTERVAL = 30;
const DEFAULT_TIMEOUT = 5;

/** `200`, `200,204` or `200-299`, within the range. */
function matcherIsRight(matcher: string, min: number, max: number): boolean {
  return matcher.split(',').every((part) => {
    const match = /^(\d+)(?:-(\d+))?$/.exec(part);
    if (match === null) return false;
    const [from, to] = [Number(match[1]), Number(match[2] ?? match[1])];
    return from >= min && to <= max && from <= to;
  });
}

export function checkTargetGroups(stacks: Stacks): string[] {
  return stacks.ofType('AWS::ElasticLoadBalancingV2::TargetGroup').flatMap(({ key, properties }) => {
    const findings = new Findings(key);
    const interval = numberOf(properties.HealthCheckIntervalSeconds) ?? DEFAULT_INTERVAL;
    const timeout = numberOf(properties.HealthCheckTimeoutSeconds) ?? DEFAULT_TIMEOUT;
    findings.expect(
      interval > timeout,
      'HealthCheckIntervalSeconds',
      `${interval} is not more than the timeout ${timeout}`,
    );
    const { HttpCode, GrpcCode } = object(properties.Matcher);
    if (HttpCode !== undefined)
      findings.expect(
        matcherIsRight(String(HttpCode), 200, 499),
        'Matcher.HttpCode',
        `"${HttpCode}" is not made of codes from 200 to 499`,
      );
    if (GrpcCode !== undefined)
      findings.expect(
        matcherIsRight(String(GrpcCode), 0, 99),
        'Matcher.GrpcCode',
        `"${GrpcCode}" is not made of codes from 0 to 99`,
      );
    findings.expect(!(HttpCode !== undefined && GrpcCode !== undefined), 'Matcher', 'has both HttpCode and GrpcCode');
    const path = properties.HealthCheckPath;
    if (typeof path === 'string')
      findings.expect(path.startsWith('/') && path.length <= 1024, 'HealthCheckPath', `"${path}" is not a path`);
    if (typeof properties.Name === 'string')
      findings.expect(
        /^(?!-|internal-)[A-Za-z0-9-]{1,32}(?<!-)$/.test(properties.Name),
        'Name',
        `"${properties.Name}" is not a name of at most 32 characters`,
      );
    const algorithm = text(attribute(properties, 'load_balancing.algorithm.type')) || 'round_robin';
    findings.expect(
      ['round_robin', 'least_outstanding_requests', 'weighted_random'].includes(algorithm),
      'load_balancing.algorithm.type',
      `"${algorithm}" is not an algorithm`,
    );
    const slow = numberOf(attribute(properties, 'slow_start.duration_seconds')) ?? 0;
    findings.expect(
      slow === 0 || algorithm === 'round_robin',
      'slow_start.duration_seconds',
      `does not go with ${algorithm}`,
    );
    const anomaly = attribute(properties, 'load_balancing.algorithm.anomaly_mitigation');
    findings.expect(
      anomaly !== 'on' || algorithm === 'weighted_random',
      'load_balancing.algorithm.anomaly_mitigation',
      'needs weighted_random',
    );
    return findings.all;
  });
}
