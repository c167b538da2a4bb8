import type { Change } from '../../change';
import { type Data, list, objects } from '../../data';
import { identityOf } from '../deployment';
import { listed, nameOf, nameOfKey } from '../names';
import type { Resource } from '../stacks';
import { SERVICE } from '../traffic';
import { Operation, Order, type Step, type Update } from '../update';

const ASSOCIATIONS = 'AWS::ECS::ClusterCapacityProviderAssociations';

/** Capacity providers that leave a cluster while a service runs on them. ECS refuses this. */
export function checkCapacityProviders(update: Update): Change[] {
  return update.olds(ASSOCIATIONS).flatMap((associations) =>
    removedProviders(update, associations).flatMap(({ provider, step }) => {
      const users = update
        .olds(SERVICE)
        .filter(({ key }) => isUsing(update.old(key), provider))
        .filter(({ key }) => !isReleasedFirst(update, key, { provider, step }));
      if (users.length === 0) return [];
      const services = listed(users.map(nameOf));
      const message = `removes capacity provider ${nameOfKey(update, provider)} from the cluster, but ${services} still ${users.length === 1 ? 'runs' : 'run'} on it at that time`;
      return [{ kind: 'CapacityProviderInUse', subject: nameOf(associations), message }];
    }),
  );
}

interface Removal {
  readonly provider: string;
  readonly step: Step;
}

/** The providers that an association loses, and when. */
function removedProviders(update: Update, { key }: Resource): Removal[] {
  const end = update.endOf(key);
  const step: Step = end ?? { key, phase: 'apply' };
  if (step.phase === 'never') return [];
  const kept = end === undefined ? providersOf(update.new(key)) : [];
  return providersOf(update.old(key))
    .filter((provider) => !kept.includes(provider))
    .map((provider) => ({ provider, step }));
}

function providersOf({ CapacityProviders }: Data): string[] {
  return list(CapacityProviders).map(identityOf);
}

function isUsing({ CapacityProviderStrategy }: Data, provider: string): boolean {
  return objects(CapacityProviderStrategy).some(({ CapacityProvider }) => identityOf(CapacityProvider) === provider);
}

function isReleasedFirst(update: Update, service: string, { provider, step }: Removal): boolean {
  const operation = update.operationOn(service);
  const isGone = operation === Operation.DELETE || operation === Operation.REPLACE;
  if (!isGone && isUsing(update.new(service), provider)) return false;
  const release: Step = update.endOf(service) ?? { key: service, phase: 'apply' };
  return update.order(release, step) === Order.BEFORE;
}
