import { requireNumber } from '../private/checks';
import { tagClass } from '../private/package-copy';

/**
 * A duration.
 *
 * The package has its own class, because a definition for both targets cannot use the class of either framework.
 */
export class Duration {
  /** A duration in milliseconds. */
  public static millis(amount: number): Duration {
    return new Duration(amount, 1);
  }

  /** A duration in seconds. */
  public static seconds(amount: number): Duration {
    return new Duration(amount, 1000);
  }

  /** A duration in minutes. */
  public static minutes(amount: number): Duration {
    return new Duration(amount, 60_000);
  }

  /** A duration in hours. */
  public static hours(amount: number): Duration {
    return new Duration(amount, 3_600_000);
  }

  /** A duration in days. */
  public static days(amount: number): Duration {
    return new Duration(amount, 86_400_000);
  }

  private readonly milliseconds: number;

  private constructor(amount: number, unit: number) {
    this.milliseconds = requireNumber('duration', amount, { min: 0 }) * unit;
  }

  /** This duration in milliseconds. */
  public toMillis(): number {
    return this.milliseconds;
  }

  /** This duration in seconds, fractions included. */
  public toSeconds(): number {
    return this.milliseconds / 1000;
  }

  /** This duration as text, such as `90 s`. */
  public toString(): string {
    return this.milliseconds % 1000 === 0 ? `${this.milliseconds / 1000} s` : `${this.milliseconds} ms`;
  }
}

tagClass('Duration', Duration);
