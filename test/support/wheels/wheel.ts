import { createHash } from 'node:crypto';
import { type ZipEntry, zipOf } from './zip';

/** A package as its author builds it, and the additions of an attacker. */
export interface WheelContent {
  readonly name: string;
  readonly version?: string;
  readonly files?: { readonly [path: string]: string };
  /** `entry_points.txt`. */
  readonly entryPoints?: string;
  readonly requires?: readonly string[];
  /** Additional entries, listed in RECORD with the hash of their data. */
  readonly entries?: readonly ZipEntry[];
  /** Changes RECORD. */
  readonly record?: (text: string) => string;
}

export function wheelName({ name, version = '1.0' }: WheelContent): string {
  return `${name}-${version}-py3-none-any.whl`;
}

/** The entries of a wheel, RECORD last. */
export function wheelEntries(content: WheelContent): ZipEntry[] {
  const { name, version = '1.0', files = {}, entryPoints, requires = [], entries = [] } = content;
  const about = `${name}-${version}.dist-info`;
  const metadata = ['Metadata-Version: 2.1', `Name: ${name}`, `Version: ${version}`];
  const own: { readonly [path: string]: string } = {
    ...files,
    [`${about}/METADATA`]: `${[...metadata, ...requires.map((one) => `Requires-Dist: ${one}`)].join('\n')}\n`,
    [`${about}/WHEEL`]: 'Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n',
    ...(entryPoints === undefined ? {} : { [`${about}/entry_points.txt`]: entryPoints }),
  };
  const all = [...Object.entries(own).map(([path, data]): ZipEntry => ({ name: path, data })), ...entries];
  const rows = all.map(({ name: path, data = '' }) => `${quoted(path)},sha256=${hashOf(data)},${data.length}\n`);
  const text = `${rows.join('')}${about}/RECORD,,\n`;
  return [...all, { name: `${about}/RECORD`, data: content.record?.(text) ?? text }];
}

export function wheelOf(content: WheelContent): Buffer {
  return zipOf(wheelEntries(content));
}

function hashOf(data: string | Buffer): string {
  return createHash('sha256').update(data).digest('base64url');
}

function quoted(path: string | Buffer): string {
  return `"${path.toString().replaceAll('"', '""')}"`;
}
