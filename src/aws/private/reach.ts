import { Stack, Stage } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { ServingError } from '../../private/errors';
import { enclosingStack } from '../stack';

/** Requires a place that can refer to the resources of the platform: a Stack of the same Stage, account and Region. */
export function requireReach(platform: Construct, construct: Construct, subject: string): void {
  if (enclosingStack(construct) === undefined)
    throw new ServingError(
      'WrongScope',
      `${subject} uses an EcsPlatform but is not inside a CDK Stack; create it in a Stack, or use another platform`,
      construct,
    );
  const [here, there] = [construct, platform].map(placeOfStack);
  if (here === there) return;
  throw new ServingError(
    'WrongScope',
    `${subject} is in ${here}, but its platform '${platform.node.path}' is in ${there}; create a platform for each Stage, account and Region`,
    construct,
  );
}

/** What the stacks of a platform, its endpoints and its backends have in common. */
function placeOfStack(construct: Construct): string {
  const { environment } = Stack.of(construct);
  const stage = Stage.of(construct)?.node.path;
  return stage === undefined || stage === '' ? `'${environment}'` : `'${environment}' of Stage '${stage}'`;
}
