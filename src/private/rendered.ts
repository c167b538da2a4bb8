import type { IConstruct } from 'constructs';

/** What a platform made of a construct. It is kept at the construct, where every copy of this package finds it. */
export class Rendered<T> {
  private readonly key: symbol;

  constructor(name: string) {
    this.key = Symbol.for(`serving-constructs.${name}`);
  }

  public set(construct: IConstruct, made: T): void {
    Object.defineProperty(construct, this.key, { value: made });
  }

  public of(construct: IConstruct): T | undefined {
    return (construct as IConstruct & { [key: symbol]: T | undefined })[this.key];
  }
}
