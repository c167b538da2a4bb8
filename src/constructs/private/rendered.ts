import type { IConstruct } from 'constructs';
import { ServingError } from '../../private/errors';
import { checkValue } from '../../private/options';
import type { Backend } from '../backend';
import type { ServingEndpoint } from '../serving-endpoint';

/** The definitions that a target creates resources for. */
interface Definitions {
  readonly Backend: Backend;
  readonly ServingEndpoint: ServingEndpoint;
}

/** How messages name a definition, and where it is. */
const PLACES: {
  readonly [type in keyof Definitions]: { readonly prop: string; readonly placeOf: (of: Definitions[type]) => string };
} = {
  Backend: { prop: 'backend', placeOf: ({ backendName }) => `backend '${backendName}' runs on` },
  ServingEndpoint: { prop: 'endpoint', placeOf: ({ endpointName }) => `endpoint '${endpointName}' is on` },
};

/**
 * What a target created for the definitions of a type, where its facades find it. It is stored on the construct, where
 * every copy of this package finds it.
 */
export class Rendered<Type extends keyof Definitions, T> {
  private readonly key: symbol;

  /**
   * @param name the name of the facade, unique in this package
   * @param target the target as messages name it
   */
  constructor(
    name: string,
    private readonly type: Type,
    private readonly target: string,
  ) {
    this.key = Symbol.for(`serving-constructs.${name}`);
  }

  public set(definition: IConstruct, value: T): void {
    Object.defineProperty(definition, this.key, { value });
  }

  /** What the target created for a definition. Fails for definitions of other targets. */
  public of(definition: Definitions[Type]): T {
    const { prop, placeOf } = PLACES[this.type];
    checkValue(this.type, definition, prop);
    const construct: IConstruct = definition;
    const value = (construct as IConstruct & { readonly [key: symbol]: T | undefined })[this.key];
    if (value !== undefined) return value;
    throw new ServingError(
      'WrongPlatform',
      `${placeOf(definition)} platform '${definition.platform.kind}', not on ${this.target}; check 'platform.kind' before`,
      definition,
    );
  }
}
