import { groupBy } from './group-by';
import type { BundledPackage } from './packages';

const RULE = '-'.repeat(80);

/** The notices that the licenses require: every package, with the full text of its terms. Equal texts appear once. */
export function noticesOf(packages: readonly BundledPackage[]): string {
  const byText = groupBy(packages, ({ texts }) => texts.join('\n\n'));
  const sections = [...byText].map(([text, sharers]) => {
    const names = sharers.map(({ name, version, license }) => `${name} ${version} (${license})`);
    return `${names.join('\n')}\n\n${text}\n`;
  });
  const head =
    'The files of this folder contain code of the packages below, under the terms that follow each list of packages.\n';
  return [head, ...sections].join(`\n${RULE}\n\n`);
}
