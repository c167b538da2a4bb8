import { renderDetails, renderMarkdown } from '../../src/report/markdown';

test('a table has aligned numbers, escaped bars, and commands in backticks', () => {
  const table = {
    headings: ['n', 'command'],
    rows: [
      ['1', 'a | b'],
      ['2', '-'],
    ],
    numbers: ['n'],
    code: ['command'],
  };
  expect(renderMarkdown([{ level: 1, title: 't', table }])).toBe(
    '### t\n\n| n | command |\n| ---: | --- |\n| 1 | `a \\| b` |\n| 2 | - |\n',
  );
});

test('user text is escaped, and an address is not changed', () => {
  const section = { level: 0, title: '<b>&amp;', aside: 'http://<load balancer>/`x`', notes: ['<img src=x>'] };
  expect(renderMarkdown([section])).toBe(
    '## &lt;b>&amp;amp;\n\n`` http://<load balancer>/`x` ``\n\n- &lt;img src=x>\n',
  );
});

test('details are collapsed', () => {
  expect(renderDetails('rules', [{ level: 0, title: 'rules', text: 'none' }])).toBe(
    '\n<details><summary>rules</summary>\n\n## rules\n\nnone\n\n</details>\n',
  );
});
