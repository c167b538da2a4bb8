import { requireQuery } from '../../../src/constructs/private/prometheus-query';

test.each([
  'up',
  'sum(rate(http_requests_total{path=~"/a/[^)]+", job="x"}[5m])) / 2',
  "sum(x{a='it is \\'(\\' here'})",
  'sum(x{a=`]"(`}) # a comment with ( and "',
  '${Token[TOKEN.1]',
])('accepts %s', (query) => {
  expect(requireQuery('query', query)).toBe(query);
});

test.each([
  [' ', 'it is empty'],
  ['sum(x', "'(' in it is not closed"],
  ['x[5m}', "'}' in it has no '{'"],
  ['x)', "')' in it has no '('"],
  ['x{a="b}', 'a string in it is not closed'],
])('refuses %j', (query, problem) => {
  expect(() => requireQuery('query', query)).toThrow(
    `[InvalidText] 'query' ('${query}') must be a Prometheus query with one result, such as 'sum(vllm:num_requests_waiting)'; ${problem}`,
  );
});
