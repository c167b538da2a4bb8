import { registerTarget } from '../constructs/private/targets';
import { isStack, outermostStack } from './stack';

registerTarget({
  scopeName: 'Stack',
  fullName: 'CDK Stack',
  isScope: isStack,
  ownerOf: outermostStack,
  create: (scope, id) => {
    const { EcsPlatform } = require('./ecs-platform') as typeof import('./ecs-platform');
    return new EcsPlatform(scope, id);
  },
});
