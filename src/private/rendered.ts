import type { IConstruct } from 'constructs';

/** What a platform created for a construct. It is stored on the construct, where every copy of this package finds it. */
export class Rendered<T> {
  private readonly key: symbol;

  constructor(name: string) {
    this.key = Symbol.for(`serving-constructs.${name}`);
  }

  public set(construct: IConstruct, value: T): void {
    Object.defineProperty(construct, this.key, { value });
  }

  public of(construct: IConstruct): T | undefined {
    return (construct as IConstruct & { [key: symbol]: T | undefined })[this.key];
  }
}
