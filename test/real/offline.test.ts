/** The first impression: `npm start` on a machine without a network and with an empty home folder. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const root = resolve(__dirname, '../..');
const EXAMPLES = ['digits', 'embeddings', 'image-classifier', 'sentiment'];
const TARGETS = {
  aws: {
    output: 'cdk.out',
    kinds: /^ +\d+ AWS::\w+::\w+$/gm,
    counts: { 'AWS::ElasticLoadBalancingV2::LoadBalancer': 1 },
  },
  kubernetes: { output: 'dist', kinds: /^ +\d+ [A-Z]\w+$/gm, counts: { ConfigMap: 1 } },
};

const home = mkdtempSync(join(tmpdir(), 'serving-home-'));
afterAll(() => rmSync(home, { recursive: true }));

function withoutNetwork(...command: string[]) {
  const { status, stdout, stderr } = spawnSync('unshare', ['--net', ...command], {
    cwd: root,
    encoding: 'utf8',
    // No variables of the machine: of npm, of CI, of the frameworks.
    env: { HOME: home, PATH: process.env.PATH },
  });
  return { status, stdout, stderr };
}

test('the machine has no network', () => {
  const { stdout } = withoutNetwork('ip', '-brief', 'link', 'show', 'up');
  expect(stdout).toBe('');
});

describe('npm start', () => {
  let result: ReturnType<typeof withoutNetwork>;
  let sections: Map<string, string>;
  beforeAll(() => {
    result = withoutNetwork('npm', 'start');
    sections = new Map(
      [...result.stdout.matchAll(/^(\S+, \S+): (\S+)\n((?: .*\n)+)/gm)].map(([, title = '', folder, text]) => [
        title,
        `${folder}\n${text}`,
      ]),
    );
  });

  test('succeeds, without unrelated output', () => {
    // In addition to the lines of npm and projen with the command.
    expect(result).toEqual({
      status: 0,
      stderr: expect.stringMatching(/^.* start \| tsx .*\n$/),
      stdout: expect.any(String),
    });
    expect(result.stdout + result.stderr).not.toMatch(
      /warn|notice|deprecat|telemetry|feature flag|update|upgrade|error|output:/i,
    );
  });

  const pairs = EXAMPLES.flatMap((example) =>
    Object.entries(TARGETS).map(([target, rest]) => ({ example, target, ...rest })),
  );
  test('shows each example for both targets', () => {
    expect([...sections.keys()].sort()).toEqual(pairs.map(({ example, target }) => `${example}, ${target}`).sort());
  });

  test.each(pairs)('shows what $example is on $target', ({ example, target, output, kinds, counts }) => {
    const section = sections.get(`${example}, ${target}`) ?? '';
    const folder = `examples/${example}/${target}/${output}`;
    expect(section.split('\n')[0]).toBe(folder);
    expect(readdirSync(join(root, folder)).length).toBeGreaterThan(0);
    expect(section.match(kinds)?.length).toBeGreaterThan(3);
    for (const [kind, count] of Object.entries(counts)) {
      expect(section).toMatch(new RegExp(`^ +${count} ${kind}$`, 'm'));
    }
    expect(section).toMatch(/^ {2}URL \S+ = http:\/\/\S+$/m);
    // A ladder: the longest request first, and values with their rules.
    expect(section).toMatch(/^ {2}timeouts of \S+\n +hop +seconds +rule +slack\n +longest request +\d+ +T +-$/m);
    // A server that never closes idle connections leaves nothing to compare the idle timeout with.
    expect(section).toMatch(/^ +balancer idle +\d+ +[A-Z]\d +(?:\d+|-)$/m);
    expect(section).toMatch(/^ +stop timeout +\d+ +[A-Z]\d +\d+$/m);
  });

  test.each(pairs.slice(0, 2))('is what a user types in the folder of $example for $target', ({ example, target }) => {
    const folder = join('examples', example, target);
    const command = target === 'aws' ? 'cdk synth --quiet' : 'cdk8s synth --check-upgrade=false';
    const { status, stderr } = withoutNetwork('sh', '-c', `cd ${folder} && exec npx ${command}`);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  });
});
