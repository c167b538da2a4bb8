const MEBIBYTE = 2 ** 20;
const GIBIBYTE = 2 ** 30;

/** A number of bytes in GiB, for messages. */
export function gibibytes(bytes: number): string {
  return `${trim(bytes / GIBIBYTE)} GiB`;
}

/** A number of bytes in MiB, for messages. */
export function mebibytes(bytes: number): string {
  return `${trim(bytes / MEBIBYTE)} MiB`;
}

/** A number of bytes in MiB, rounded up. */
export function mibOf(bytes: number): number {
  return Math.ceil(bytes / MEBIBYTE);
}

function trim(amount: number): string {
  return amount.toFixed(1).replace(/\.0$/, '');
}
