import { type Data, duplicates, type Findings, isObject, list, object, objects, text } from '../data';
import { type ContainerContext, checkContainer, checkSecurityContext } from './containers';
import { checkLabelSelector } from './metadata';
import { dnsLabel, dnsSubdomain, labelValue, qualifiedName } from './syntax';
import { checkVolume } from './volumes';

const DEFAULT_GRACE = 30;

function checkTolerations(findings: Findings, path: string, tolerations: unknown): void {
  for (const [i, toleration] of objects(tolerations).entries()) {
    const at = `${path}[${i}]`;
    const operator = toleration.operator ?? 'Equal';
    if (operator === 'Exists')
      findings.expect(text(toleration.value) === '', `${at}.value`, 'not allowed with operator Exists');
    if (text(toleration.key) === '')
      findings.expect(operator === 'Exists', `${at}.operator`, 'must be Exists without a key');
    else {
      const problem = qualifiedName(toleration.key);
      if (problem !== undefined) findings.add(`${at}.key`, problem);
    }
    if ('tolerationSeconds' in toleration)
      findings.expect(toleration.effect === 'NoExecute', `${at}.effect`, 'must be NoExecute with tolerationSeconds');
  }
}

function checkSpread(findings: Findings, path: string, constraints: unknown): void {
  const all = objects(constraints);
  for (const [i, constraint] of all.entries()) {
    const at = `${path}[${i}]`;
    findings.expect(Number(constraint.maxSkew) >= 1, `${at}.maxSkew`, 'must be 1 or more');
    const key = qualifiedName(constraint.topologyKey);
    if (key !== undefined) findings.add(`${at}.topologyKey`, key);
    if ('minDomains' in constraint)
      findings.expect(constraint.whenUnsatisfiable === 'DoNotSchedule', `${at}.minDomains`, 'needs DoNotSchedule');
    if (list(constraint.matchLabelKeys).length > 0) {
      findings.expect(isObject(constraint.labelSelector), `${at}.matchLabelKeys`, 'needs a labelSelector');
      const labels = object(object(constraint.labelSelector).matchLabels);
      for (const label of list(constraint.matchLabelKeys))
        findings.expect(!(text(label) in labels), `${at}.matchLabelKeys`, `"${label}" is in the labelSelector too`);
    }
    checkLabelSelector(findings, `${at}.labelSelector`, constraint.labelSelector);
  }
  for (const pair of duplicates(all.map((c) => `${c.topologyKey} ${c.whenUnsatisfiable}`)))
    findings.add(path, `${pair} is a duplicate`);
}

function checkAffinity(findings: Findings, path: string, affinity: Data): void {
  for (const kind of ['podAffinity', 'podAntiAffinity']) {
    const rules = object(affinity[kind]);
    const required = objects(rules.requiredDuringSchedulingIgnoredDuringExecution);
    const preferred = objects(rules.preferredDuringSchedulingIgnoredDuringExecution);
    for (const [i, { weight }] of preferred.entries()) {
      findings.expect(
        Number(weight) >= 1 && Number(weight) <= 100,
        `${path}.${kind}.preferred[${i}].weight`,
        `${weight} is not from 1 to 100`,
      );
    }
    for (const term of [...required, ...preferred.map((rule) => object(rule.podAffinityTerm))]) {
      findings.expect(text(term.topologyKey) !== '', `${path}.${kind}`, 'a term has no topologyKey');
      checkLabelSelector(findings, `${path}.${kind}.labelSelector`, term.labelSelector);
    }
  }
  const node = object(affinity.nodeAffinity);
  const terms = [
    ...objects(object(node.requiredDuringSchedulingIgnoredDuringExecution).nodeSelectorTerms),
    ...objects(node.preferredDuringSchedulingIgnoredDuringExecution).map((rule) => object(rule.preference)),
  ];
  for (const { key, operator, values } of terms.flatMap((term) => objects(term.matchExpressions))) {
    const count = list(values).length;
    const right =
      operator === 'In' || operator === 'NotIn'
        ? count > 0
        : operator === 'Gt' || operator === 'Lt'
          ? count === 1
          : count === 0;
    findings.expect(right, `${path}.nodeAffinity`, `"${key}" has ${count} values with operator ${operator}`);
  }
}

function checkNames(findings: Findings, path: string, spec: Data): void {
  for (const field of ['serviceAccountName', 'runtimeClassName', 'priorityClassName']) {
    const problem = spec[field] === undefined ? undefined : dnsSubdomain(spec[field]);
    if (problem !== undefined) findings.add(`${path}.${field}`, problem);
  }
  for (const field of ['hostname', 'subdomain']) {
    const problem = spec[field] === undefined ? undefined : dnsLabel(spec[field]);
    if (problem !== undefined) findings.add(`${path}.${field}`, problem);
  }
  for (const [key, value] of Object.entries(object(spec.nodeSelector))) {
    const problem = qualifiedName(key) ?? labelValue(value);
    if (problem !== undefined) findings.add(`${path}.nodeSelector`, problem);
  }
  for (const [i, secret] of objects(spec.imagePullSecrets).entries()) {
    findings.expect(text(secret.name) !== '', `${path}.imagePullSecrets[${i}].name`, 'required');
  }
}

function checkClaims(findings: Findings, path: string, claims: readonly Data[]): void {
  for (const [i, claim] of claims.entries()) {
    const sources = ['resourceClaimName', 'resourceClaimTemplateName'].filter((key) => key in claim);
    findings.expect(
      sources.length === 1,
      `${path}[${i}]`,
      'needs exactly one of resourceClaimName, resourceClaimTemplateName',
    );
  }
  for (const name of duplicates(claims.map((claim) => claim.name)))
    findings.add(path, `two claims are named "${name}"`);
}

/** What the API server rejects in the spec of a Pod, in addition to the shape of its fields. */
export function checkPodSpec(findings: Findings, path: string, spec: Data): void {
  const volumes = objects(spec.volumes);
  for (const [i, volume] of volumes.entries()) checkVolume(findings, `${path}.volumes[${i}]`, volume);
  for (const name of duplicates(volumes.map((volume) => volume.name)))
    findings.add(`${path}.volumes`, `two volumes are named "${name}"`);

  const claims = objects(spec.resourceClaims);
  const grace =
    typeof spec.terminationGracePeriodSeconds === 'number' ? spec.terminationGracePeriodSeconds : DEFAULT_GRACE;
  findings.expect(grace >= 0, `${path}.terminationGracePeriodSeconds`, `${grace} is negative`);
  const context: Omit<ContainerContext, 'init'> = {
    volumes: volumes.map((volume) => text(volume.name)),
    claims: claims.map((claim) => text(claim.name)),
    grace,
    os: object(spec.os).name,
    hostNetwork: spec.hostNetwork === true,
  };
  const containers = objects(spec.containers);
  const inits = objects(spec.initContainers);
  findings.expect(containers.length > 0, `${path}.containers`, 'required');
  for (const [i, c] of containers.entries())
    checkContainer(findings, `${path}.containers[${i}]`, c, { ...context, init: false });
  for (const [i, c] of inits.entries())
    checkContainer(findings, `${path}.initContainers[${i}]`, c, { ...context, init: true });
  for (const name of duplicates([...containers, ...inits].map((c) => c.name)))
    findings.add(path, `two containers are named "${name}"`);

  checkClaims(findings, `${path}.resourceClaims`, claims);
  checkTolerations(findings, `${path}.tolerations`, spec.tolerations);
  checkSpread(findings, `${path}.topologySpreadConstraints`, spec.topologySpreadConstraints);
  checkAffinity(findings, `${path}.affinity`, object(spec.affinity));
  checkNames(findings, path, spec);
  checkSecurityContext(findings, `${path}.securityContext`, spec.securityContext);
  findings.expect(
    !(spec.hostUsers === false && spec.hostNetwork === true),
    `${path}.hostUsers`,
    'false contradicts hostNetwork',
  );
}
