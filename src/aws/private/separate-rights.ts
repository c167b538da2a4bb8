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
  Object.defineProperty(role, 'addToPrincipalPolicy', {
    value: (statement: iam.PolicyStatement): iam.AddToPrincipalPolicyResult => ({
      statementAdded: true,
      policyDependable: policyFor(role, statement),
    }),
  });
}

function policyFor(role: iam.IRole, statement: iam.PolicyStatement): iam.Policy {
  const text = JSON.stringify(Stack.of(role).resolve(statement.toStatementJson()));
  const id = `Right${hash(text).toString(16).padStart(8, '0')}`;
  const existing = role.node.tryFindChild(id) as iam.Policy | undefined;
  return existing ?? new iam.Policy(role, id, { statements: [statement], roles: [role] });
}
