/** Texts that are so long that the engine for regular expressions fails if it stores a state for each character. */
import { printable, redact } from '../../../src/private/credentials/redact';
import { REPEATED } from '../../private/credentials/repeated';

test.each(REPEATED)('%j with many megabytes of %j is redacted in time and without an error', (start, piece) => {
  const text = start + piece.repeat(16_000_000 / piece.length);
  const at = performance.now();
  redact(printable(text));
  expect(performance.now() - at).toBeLessThan(60_000);
});
