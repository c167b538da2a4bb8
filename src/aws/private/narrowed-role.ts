import type * as iam from 'aws-cdk-lib/aws-iam';

/** Returns the statement to add to the policy of a role, or undefined if none of it is needed. */
export type Narrowing = (statement: iam.PolicyStatement) => iam.PolicyStatement | undefined;

/**
 * A role for grants of CDK that allow more than is needed: statements that they add are narrowed first. In all other
 * respects it is the role itself, so that grants find its stack and account.
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

/** The statement without the unneeded actions; undefined if no other actions are left. */
export function without(unneeded: readonly string[], statement: iam.PolicyStatement): iam.PolicyStatement | undefined {
  const actions = statement.actions.filter((action) => !unneeded.includes(action));
  return actions.length === 0 ? undefined : statement.copy({ actions });
}
