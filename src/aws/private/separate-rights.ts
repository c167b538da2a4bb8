import { Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import { hash } from '../../private/hash';

/**
 * Gives each statement that is granted to a role a policy of its own, whose id derives from the statement.
 *
 * An update that replaces one permission with another, such as that of a new model, then creates a policy before the service is
 * updated and deletes the old one at its end. In a common policy, tasks of the old version would lose their permissions while
 * they run or are started again, also by a rollback.
 */
export function separateRights(role: iam.IRole): void {
  // It is missing if `Role.customizeRoles` replaces roles with ones that are created elsewhere.
  if (role.node.defaultChild === undefined) return;
  const policies = new Map<string, iam.Policy>();
  const policyFor = (statement: iam.PolicyStatement): iam.Policy => {
    const text = JSON.stringify(Stack.of(role).resolve(statement.toStatementJson()));
    const id = `Right${hash(text).toString(16).padStart(8, '0')}`;
    const policy = policies.get(text) ?? new iam.Policy(role, id, { statements: [statement], roles: [role] });
    policies.set(text, policy);
    return policy;
  };
  Object.defineProperty(role, 'addToPrincipalPolicy', {
    value: (statement: iam.PolicyStatement): iam.AddToPrincipalPolicyResult => ({
      statementAdded: true,
      policyDependable: policyFor(statement),
    }),
  });
}
