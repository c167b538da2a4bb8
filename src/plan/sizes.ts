const MEBIBYTE = 2 ** 20;
const GIBIBYTE = 2 ** 30;

/** An amount of bytes for people, in GiB. */
export function gibibytes(bytes: number): string {
  return `${trim(bytes / GIBIBYTE)} GiB`;
}

/** An amount of bytes for people, in MiB. */
export function mebibytes(bytes: number): string {
  return `${trim(bytes / MEBIBYTE)} MiB`;
}

/** Bytes as whole MiB that hold them. */
export function mibOf(bytes: number): number {
  return Math.ceil(bytes / MEBIBYTE);
}

function trim(amount: number): string {
  return amount.toFixed(1).replace(/\.0$/, '');
}
