import { registerTarget } from '../constructs/private/targets';
import { isChart } from './chart';

registerTarget({
  scopeName: 'Chart',
  fullName: 'cdk8s Chart',
  isScope: isChart,
  create: (scope, id) => {
    const { KubernetesPlatform } = require('./kubernetes-platform') as typeof import('./kubernetes-platform');
    return new KubernetesPlatform(scope, id);
  },
});
