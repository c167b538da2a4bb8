/**
 * Writes `docs/images/overview-light.svg` and `overview-dark.svg`, the picture of the README.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const FOLDER = join(resolve(__dirname, '..'), 'docs/images');

interface Palette {
  readonly text: string;
  readonly muted: string;
  readonly box: string;
  readonly line: string;
  readonly definition: string;
  readonly aws: string;
  readonly kubernetes: string;
  readonly models: string;
}

const PALETTES: { readonly [theme: string]: Palette } = {
  light: {
    text: '#1f2328',
    muted: '#59636e',
    box: '#ffffff',
    line: '#8c959f',
    definition: '#6639ba',
    aws: '#bc4c00',
    kubernetes: '#0969da',
    models: '#1a7f37',
  },
  dark: {
    text: '#e6edf3',
    muted: '#9198a1',
    box: '#0d1117',
    line: '#6e7681',
    definition: '#bc8cff',
    aws: '#f0883e',
    kubernetes: '#58a6ff',
    models: '#3fb950',
  },
};

const WIDTH = 980;
const HEIGHT = 384;

const SANS = '-apple-system, Segoe UI, Helvetica, Arial, sans-serif';
const MONO = 'ui-monospace, SFMono-Regular, Menlo, Consolas, monospace';

interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

interface Style {
  readonly fill: string;
  readonly size?: number;
  readonly weight?: number;
  readonly anchor?: 'start' | 'middle';
  readonly mono?: boolean;
}

function text(x: number, y: number, content: string, style: Style): string {
  const { fill, size = 13, weight = 400, anchor = 'middle', mono = false } = style;
  const font = mono ? MONO : SANS;
  return `<text x="${x}" y="${y}" fill="${fill}" font-family="${font}" font-size="${size}" font-weight="${weight}" text-anchor="${anchor}">${content}</text>`;
}

const frame = ({ x, y, width, height }: Box, stroke: string, fill: string): string =>
  `<rect x="${x}" y="${y}" width="${width}" height="${height}" rx="8" fill="${fill}" stroke="${stroke}" stroke-width="1.5"/>`;

const arrow = (points: string, stroke: string): string =>
  `<polyline points="${points}" fill="none" stroke="${stroke}" stroke-width="1.5" marker-end="url(#${stroke.slice(1)})"/>`;

const head = (color: string): string =>
  `<marker id="${color.slice(1)}" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto-start-reverse"><path d="M0 0L8 4L0 8z" fill="${color}"/></marker>`;

/** A resource: a name over what it does. */
function resource(box: Box, [title, detail]: readonly [string, string], stroke: string, palette: Palette): string[] {
  const middle = box.x + box.width / 2;
  return [
    frame(box, stroke, palette.box),
    text(middle, box.y + 21, title, { fill: palette.text, weight: 600 }),
    text(middle, box.y + 38, detail, { fill: palette.muted, size: 11.5 }),
  ];
}

interface Side {
  readonly x: number;
  readonly title: string;
  readonly color: string;
  readonly balancer: readonly [string, string];
  readonly replicas: readonly [string, string];
  readonly command: string;
}

/** What a definition becomes on one target: a balancer over two versions. */
function side({ x, title, color, balancer, replicas: [kind, replica], command }: Side, palette: Palette): string[] {
  const width = 280;
  const half = (width - 20) / 2;
  const [left, right] = [x, x + half + 20];
  const top = 74;
  const low = 190;
  const lines = [left + half / 2, right + half / 2].map((end, index) =>
    arrow(
      `${x + width / 2},${top + 50} ${x + width / 2},${top + 80} ${end},${top + 80} ${end},${low}`,
      index === 0 ? color : palette.line,
    ),
  );
  return [
    text(x + width / 2, 46, title, { fill: color, size: 16, weight: 600 }),
    ...lines,
    ...resource({ x, y: top, width, height: 50 }, balancer, color, palette),
    text(left + half / 2 + 10, low - 12, '90 %', { fill: palette.text, weight: 600, anchor: 'start' }),
    text(right + half / 2 + 10, low - 12, '10 %', { fill: palette.text, weight: 600, anchor: 'start' }),
    ...resource({ x: left, y: low, width: half, height: 50 }, [`${kind} v1`, `2 to 8 ${replica}`], color, palette),
    ...resource(
      { x: right, y: low, width: half, height: 50 },
      [`${kind} v2`, `1 ${replica.slice(0, -1)}, GPU`],
      color,
      palette,
    ),
    text(x + width / 2, low + 76, command, { fill: palette.muted, size: 12, mono: true }),
  ];
}

const DEFINITION: readonly string[] = [
  'new ServingEndpoint(scope, …)',
  'path: /sentiment',
  'requestTimeout: 60 s',
  'addBackend v1: image, server',
  'addBackend v2: image, GPU',
  'splitTraffic 9 : 1',
];

function overview(palette: Palette): string {
  const { text: ink, muted, box, definition, aws, kubernetes, models, line } = palette;
  const middle = WIDTH / 2;
  const center: Box = { x: middle - 130, y: 74, width: 260, height: 166 };
  const store: Box = { x: middle - 130, y: 316, width: 260, height: 50 };
  const parts = [
    ...side(
      {
        x: 24,
        title: 'AWS: a CDK Stack',
        color: aws,
        balancer: ['Application Load Balancer', 'idle timeout and drain computed'],
        replicas: ['ECS service', 'tasks'],
        command: 'cdk deploy',
      },
      palette,
    ),
    ...side(
      {
        x: WIDTH - 24 - 280,
        title: 'Kubernetes: a cdk8s Chart',
        color: kubernetes,
        balancer: ['Router, or your Gateway', 'idle timeout and drain computed'],
        replicas: ['Deployment', 'Pods'],
        command: 'cdk8s synth',
      },
      palette,
    ),
    text(middle, 46, 'One definition', { fill: definition, size: 16, weight: 600 }),
    frame(center, definition, box),
    ...DEFINITION.map((row, index) =>
      text(center.x + (index === 0 ? 16 : 32), center.y + 30 + index * 23, row, {
        fill: index === 0 ? definition : ink,
        size: 12.5,
        anchor: 'start',
        mono: true,
      }),
    ),
    arrow(`${center.x},99 ${24 + 280 + 4},99`, definition),
    arrow(`${center.x + center.width},99 ${WIDTH - 24 - 280 - 4},99`, definition),
    ...resource(store, ['Model files, by digest', 'in S3 or a registry, locked in the repository'], models, palette),
    arrow(`${store.x},341 89,341 89,280`, models),
    arrow(`${store.x + store.width},341 ${WIDTH - 89},341 ${WIDTH - 89},280`, models),
    text(middle, center.y + center.height + 26, 'checked before anything is deployed', { fill: muted, size: 12 }),
  ];
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" width="${WIDTH}" height="${HEIGHT}" role="img">`,
    '<title>One definition of an endpoint becomes ECS services behind a load balancer, or Kubernetes objects behind a router</title>',
    `<defs>${[aws, kubernetes, definition, models, line].map(head).join('')}</defs>`,
    ...parts,
    '</svg>',
    '',
  ].join('\n');
}

/** The pictures by the names of their files. */
export const PICTURES: ReadonlyMap<string, string> = new Map(
  Object.entries(PALETTES).map(([theme, palette]) => [`overview-${theme}.svg`, overview(palette)]),
);

if (require.main === module) {
  mkdirSync(FOLDER, { recursive: true });
  for (const [name, picture] of PICTURES) writeFileSync(join(FOLDER, name), picture);
}
