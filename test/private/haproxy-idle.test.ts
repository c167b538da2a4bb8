import { purgesOf } from '../../src/private/haproxy-idle';

// Measured on HAProxy 2.6.12: the number of purges after the last request until no connection was left.
test.each([
  [1, 3],
  [4, 4],
  [32, 7],
  [200, 10],
  [500, 11],
])('%i idle connections are closed after %i purges, at most one fewer than assumed', (connections, measured) => {
  expect(purgesOf(connections)).toBeGreaterThanOrEqual(measured);
  expect(purgesOf(connections)).toBeLessThanOrEqual(measured + 1);
});
