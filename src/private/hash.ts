/**
 * FNV-1a, 32 bits, over UTF-16 code units. Not for security: it distributes names and rule slots, equally on every
 * machine and without loading a cryptography module.
 */
export function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) {
    value ^= text.charCodeAt(i);
    value = Math.imul(value, 0x01000193);
  }
  // A final mix, because short similar texts differ only in the low bits.
  value ^= value >>> 16;
  value = Math.imul(value, 0x85ebca6b);
  value ^= value >>> 13;
  return value >>> 0;
}

/** Six hex digits that distinguish one text from another. */
export function fingerprint(text: string): string {
  return hash(text).toString(16).padStart(8, '0').slice(-6);
}
