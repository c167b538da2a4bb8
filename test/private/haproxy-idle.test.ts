import { purgesOf } from '../../src/private/haproxy-idle';

// Measured on HAProxy 2.6.12: so many purges after the last request no connection was left.
test.each([
  [1, 3],
  [4, 4],
  [32, 7],
  [200, 10],
  [500, 11],
])('%i idle connections are closed after %i purges, which is no more than is assumed', (connections, measured) => {
  expect(purgesOf(connections)).toBeGreaterThanOrEqual(measured);
  expect(purgesOf(connections)).toBeLessThanOrEqual(measured + 1);
});
