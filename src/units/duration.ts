import { requireNumber } from '../private/checks';
import { tagClass } from '../private/package-copy';

/**
 * A length of time.
 *
 * The package has a class of its own because neither framework's may appear in a definition that is meant for both.
 */
export class Duration {
  /** A length of time in milliseconds. */
  public static millis(amount: number): Duration {
    return new Duration(amount, 1);
  }

  /** A length of time in seconds. */
  public static seconds(amount: number): Duration {
    return new Duration(amount, 1000);
  }

  /** A length of time in minutes. */
  public static minutes(amount: number): Duration {
    return new Duration(amount, 60_000);
  }

  /** A length of time in hours. */
  public static hours(amount: number): Duration {
    return new Duration(amount, 3_600_000);
  }

  /** A length of time in days. */
  public static days(amount: number): Duration {
    return new Duration(amount, 86_400_000);
  }

  private readonly milliseconds: number;

  private constructor(amount: number, unit: number) {
    this.milliseconds = requireNumber('duration', amount, { min: 0 }) * unit;
  }

  /** This length of time in milliseconds. */
  public toMillis(): number {
    return this.milliseconds;
  }

  /** This length of time in seconds, fractions included. */
  public toSeconds(): number {
    return this.milliseconds / 1000;
  }

  /** This length of time for people, such as `90 s`. */
  public toString(): string {
    return this.milliseconds % 1000 === 0 ? `${this.milliseconds / 1000} s` : `${this.milliseconds} ms`;
  }
}

tagClass('Duration', Duration);
