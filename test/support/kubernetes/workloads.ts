import { type Data, type Findings, isObject, object } from '../data';
import { checkAnnotations, checkLabelSelector, checkLabels, selects } from './metadata';
import { checkPodSpec } from './pod-spec';
import { intOrPercent } from './syntax';

const DEFAULT_PROGRESS_DEADLINE = 600;
const DEFAULT_SURGE = { value: 0.25, percent: true };

function checkTemplate(findings: Findings, path: string, template: unknown, restart: readonly string[]): void {
  const { metadata, spec } = object(template);
  checkLabels(findings, `${path}.metadata.labels`, object(metadata).labels);
  checkAnnotations(findings, `${path}.metadata.annotations`, object(metadata).annotations);
  if (!isObject(spec)) {
    findings.add(`${path}.spec`, 'required');
    return;
  }
  checkPodSpec(findings, `${path}.spec`, spec);
  const policy = String(spec.restartPolicy ?? 'Always');
  findings.expect(restart.includes(policy), `${path}.spec.restartPolicy`, `${policy} is none of ${restart.join(', ')}`);
  if (restart.includes('Always')) {
    findings.expect(
      !('activeDeadlineSeconds' in spec),
      `${path}.spec.activeDeadlineSeconds`,
      'not allowed in pods that are kept running',
    );
  }
}

function checkSelected(findings: Findings, spec: Data): void {
  const { selector, template } = spec;
  checkLabelSelector(findings, 'spec.selector', selector);
  const chosen = object(selector);
  const empty = Object.keys(object(chosen.matchLabels)).length === 0 && chosen.matchExpressions === undefined;
  findings.expect(!empty, 'spec.selector', 'selects nothing in particular');
  const labels = object(object(object(template).metadata).labels);
  findings.expect(selects(selector, labels), 'spec.template.metadata.labels', 'are not selected by spec.selector');
}

function checkStrategy(findings: Findings, path: string, strategy: Data): void {
  const rolling = strategy.rollingUpdate;
  if (strategy.type === 'Recreate') {
    findings.expect(rolling === undefined, `${path}.rollingUpdate`, 'not allowed with Recreate');
    return;
  }
  const bounds = ['maxSurge', 'maxUnavailable'].map((field) => {
    const value = object(rolling)[field];
    if (value === undefined) return DEFAULT_SURGE;
    const parsed = intOrPercent(value);
    findings.expect(
      parsed !== undefined && parsed.value >= 0,
      `${path}.rollingUpdate.${field}`,
      `${value} is neither a count nor a percentage`,
    );
    if (field === 'maxUnavailable' && parsed?.percent === true) {
      findings.expect(parsed.value <= 1, `${path}.rollingUpdate.${field}`, `${value} is more than 100%`);
    }
    return parsed;
  });
  findings.expect(
    !bounds.every((bound) => bound?.value === 0),
    `${path}.rollingUpdate`,
    'maxSurge and maxUnavailable are both 0',
  );
}

function atLeastZero(findings: Findings, spec: Data, fields: readonly string[]): void {
  for (const field of fields) {
    const value = spec[field];
    if (typeof value === 'number') findings.expect(value >= 0, `spec.${field}`, `${value} is negative`);
  }
}

function checkDeployment(findings: Findings, spec: Data): void {
  checkSelected(findings, spec);
  checkTemplate(findings, 'spec.template', spec.template, ['Always']);
  checkStrategy(findings, 'spec.strategy', object(spec.strategy));
  atLeastZero(findings, spec, ['replicas', 'minReadySeconds', 'revisionHistoryLimit', 'progressDeadlineSeconds']);
  const [deadline, ready] = [
    Number(spec.progressDeadlineSeconds ?? DEFAULT_PROGRESS_DEADLINE),
    Number(spec.minReadySeconds ?? 0),
  ];
  findings.expect(
    deadline > ready,
    'spec.progressDeadlineSeconds',
    `${deadline} must be greater than minReadySeconds ${ready}`,
  );
}

function checkJob(findings: Findings, path: string, spec: Data): void {
  checkTemplate(findings, `${path}.template`, spec.template, ['OnFailure', 'Never']);
}

/** Checks by kind, for objects with Pods. */
export const WORKLOAD_CHECKS: { readonly [kind: string]: (findings: Findings, object: Data) => void } = {
  Deployment: (findings, { spec }) => checkDeployment(findings, object(spec)),
  StatefulSet: (findings, { spec }) => {
    checkSelected(findings, object(spec));
    checkTemplate(findings, 'spec.template', object(spec).template, ['Always']);
    atLeastZero(findings, object(spec), ['replicas', 'minReadySeconds']);
  },
  DaemonSet: (findings, { spec }) => {
    checkSelected(findings, object(spec));
    checkTemplate(findings, 'spec.template', object(spec).template, ['Always']);
  },
  Job: (findings, { spec }) => checkJob(findings, 'spec', object(spec)),
  CronJob: (findings, { spec }) => {
    const { schedule, jobTemplate } = object(spec);
    findings.expect(
      /^(@(hourly|daily|weekly|monthly|yearly|annually|midnight)|(\S+\s+){4}\S+)$/.test(String(schedule)),
      'spec.schedule',
      `"${schedule}" is not a schedule`,
    );
    checkJob(findings, 'spec.jobTemplate.spec', object(object(jobTemplate).spec));
  },
  Pod: (findings, { spec }) => checkPodSpec(findings, 'spec', object(spec)),
};
