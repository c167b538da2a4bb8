import { type App, Stack } from 'aws-cdk-lib';
import { aws } from 'serving-constructs';
import { type FleetPlatform, RULE_QUOTA } from '../fleet';
import { addEndpoint } from './endpoint';

/** The fleet on AWS, written with this package. */
export function build(app: App, fleet: FleetPlatform[]): void {
  for (const { name, groups } of fleet) {
    const platform = new aws.EcsPlatform(new Stack(app, name), 'Platform', { ruleQuota: RULE_QUOTA });
    for (const group of groups) {
      const stack = new Stack(app, group.name);
      for (const endpoint of group.endpoints) addEndpoint(stack, platform, endpoint);
    }
  }
}
