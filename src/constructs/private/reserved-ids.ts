import type { IConstruct } from 'constructs';
import { idReserved } from '../../private/construct-arguments';

/** The message of `constructs` about an id that is in use. */
const IN_USE = /^There is already a Construct with name '(.*)' in /;

/**
 * Lets a renderer create constructs in `scopes`. Only the renderer has their ids, so a construct that has one of them
 * is found when the creation fails.
 */
export function createIn(scopes: readonly IConstruct[], create: () => void): void {
  try {
    create();
  } catch (error) {
    const id = IN_USE.exec((error as Error).message)?.[1];
    const other = id && scopes.map(({ node }) => node.tryFindChild(id)).find((child) => child !== undefined);
    throw other ? idReserved(other, 'the platform') : error;
  }
}
