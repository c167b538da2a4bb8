import type { Change } from '../../change';
import { objects, text } from '../../data';
import { nameOf } from '../names';
import { LISTENER, LOAD_BALANCER, TARGET_GROUP } from '../traffic';
import { Operation, type Update } from '../update';

/** The property of each type with attributes by key, which CloudFormation does not reset when a template no longer has them. */
const ATTRIBUTES: { readonly [type: string]: string } = {
  [LISTENER]: 'ListenerAttributes',
  [LOAD_BALANCER]: 'LoadBalancerAttributes',
  [TARGET_GROUP]: 'TargetGroupAttributes',
};

/** Attributes that stay although the new template does not have them, such as the headers of cross-origin requests. */
export function checkAttributes(update: Update): Change[] {
  return Object.entries(ATTRIBUTES).flatMap(([type, property]) =>
    update.news(type).flatMap((resource): Change[] => {
      const { key } = resource;
      if (update.operationOn(key) !== Operation.UPDATE) return [];
      const present = new Set(objects(update.new(key)[property]).map(({ Key }) => text(Key)));
      const kept = objects(update.old(key)[property]).filter(({ Key }) => !present.has(text(Key)));
      if (kept.length === 0) return [];
      const values = kept.map(({ Key, Value }) => `${text(Key)} = '${text(Value)}'`).join(', ');
      const message = `may keep ${values}, which the new template no longer has; check it after the update, or set the default first`;
      return [{ kind: 'AttributeKept', subject: nameOf(resource), message }];
    }),
  );
}
