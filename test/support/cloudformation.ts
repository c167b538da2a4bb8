/** Strict offline checks of rendered CloudFormation templates. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CloudFormationValidatePlugin, type IPolicyValidationContext } from 'aws-cdk-lib';
import { cycleIn, resourceGraph, stackGraph } from './cloudformation/graph';
import { LIMITS } from './cloudformation/limits';
import { checkRules } from './cloudformation/listener-rules';
import { checkLimits } from './cloudformation/ranges';
import { checkServices } from './cloudformation/services';
import { Stacks, type Templates } from './cloudformation/stacks';
import { checkTargetGroups } from './cloudformation/targets';

export { type MatchOptions, matchListener } from './cloudformation/match';
export { Stacks, type Templates } from './cloudformation/stacks';

export interface TemplateFinding {
  /** For example `F3002`. */
  readonly rule: string;
  readonly severity: string;
  readonly message: string;
  /** The logical ids of the affected resources. */
  readonly resources: readonly string[];
}

/** CDK's validator, once per process because its engine takes seconds to start. */
const { _singletonInstance: appsValidator } = CloudFormationValidatePlugin as unknown as {
  _singletonInstance(this: void): CloudFormationValidatePlugin;
};

/** The findings of AWS's validator, including warnings, with the default rules of CDK. */
export function validateTemplate(template: object): TemplateFinding[] {
  return validateTemplates([template]);
}

/** The findings for templates of separate stacks, whose names have nothing to do with each other. */
export function validateTemplates(templates: readonly object[]): TemplateFinding[] {
  if (templates.length === 0) return [];
  const folder = mkdtempSync(join(tmpdir(), 'template-'));
  try {
    const stackTemplates = templates.map((template, index) => {
      const templatePath = join(folder, `template${index}.json`);
      writeFileSync(templatePath, JSON.stringify(template));
      return { stackConstructPath: `Stack${index}`, templatePath, templateArtifactId: `Stack${index}` };
    });
    const { violations } = appsValidator().validate({ stackTemplates } as unknown as IPolicyValidationContext);
    return violations.map(({ ruleName, severity, description, violatingResources }) => ({
      rule: ruleName,
      severity: severity ?? 'unknown',
      message: description,
      resources: violatingResources.map(({ resourceLogicalId }) => resourceLogicalId ?? ''),
    }));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function checkCycles(stacks: Stacks): string[] {
  const between = cycleIn(stackGraph(stacks));
  const inside = cycleIn(resourceGraph(stacks));
  return [
    ...(between === undefined ? [] : [`circular dependency between stacks: ${between.join(' -> ')}`]),
    ...(inside === undefined ? [] : [`circular dependency between resources: ${inside.join(' -> ')}`]),
  ];
}

/**
 * Findings that an Application Load Balancer and ECS would refuse at deployment and that no validator reports, in all
 * templates of a deployment.
 */
export function checkListenerRules(templates: Templates | Stacks): string[] {
  const stacks = Stacks.of(templates);
  return [
    ...checkLimits(stacks.resources, LIMITS),
    ...checkRules(stacks),
    ...checkTargetGroups(stacks),
    ...checkServices(stacks),
    ...checkCycles(stacks),
  ];
}
