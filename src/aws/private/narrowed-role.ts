import type * as iam from 'aws-cdk-lib/aws-iam';

/** A statement as it is added to the policy of a role; nothing where none of it is needed. */
export type Narrowing = (statement: iam.PolicyStatement) => iam.PolicyStatement | undefined;

/**
 * A role to hand to a grant of CDK that gives more than is needed: what it adds to the role's policy passes through the
 * narrowing. For all else it is the role itself, so that grants find its stack and its account.
 */
export function narrowed<R extends iam.IGrantable>(role: R, narrow: Narrowing): R {
  const { grantPrincipal } = role;
  const narrowedRole: R = Object.create(grantPrincipal, {
    grantPrincipal: { get: () => narrowedRole },
    addToPrincipalPolicy: {
      value: (statement: iam.PolicyStatement): iam.AddToPrincipalPolicyResult => {
        const rest = narrow(statement);
        return rest === undefined ? { statementAdded: true } : grantPrincipal.addToPrincipalPolicy(rest);
      },
    },
  });
  return narrowedRole;
}

/** A statement without the actions that are not needed; nothing where it has no other. */
export function without(unneeded: readonly string[], statement: iam.PolicyStatement): iam.PolicyStatement | undefined {
  const actions = statement.actions.filter((action) => !unneeded.includes(action));
  return actions.length === 0 ? undefined : statement.copy({ actions });
}
