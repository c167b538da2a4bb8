import { requireNumber } from '../private/checks';
import { tagClass } from '../private/package-copy';

/**
 * An amount of memory or disk.
 *
 * The package has its own class, because a definition for both targets cannot use the class of either framework.
 */
export class Size {
  /** An amount in mebibytes (1024 x 1024 bytes). */
  public static mebibytes(amount: number): Size {
    return new Size(amount, 1);
  }

  /** An amount in gibibytes (1024 mebibytes). */
  public static gibibytes(amount: number): Size {
    return new Size(amount, 1024);
  }

  private readonly amount: number;

  private constructor(amount: number, unit: number) {
    this.amount = requireNumber('size', amount, { min: 0 }) * unit;
  }

  /** This amount in mebibytes. */
  public toMebibytes(): number {
    return this.amount;
  }

  /** This amount in gibibytes, fractions included. */
  public toGibibytes(): number {
    return this.amount / 1024;
  }

  /** This amount as text, such as `512 MiB`. */
  public toString(): string {
    return this.amount % 1024 === 0 ? `${this.amount / 1024} GiB` : `${this.amount} MiB`;
  }
}

tagClass('Size', Size);
