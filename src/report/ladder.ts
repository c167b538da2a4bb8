import type { BackendPlan, HopPlan } from '../plan/serving-plan';

const HEADINGS = ['hop', 'seconds', 'rule', 'slack'];

/** The timeout ladder of a backend as lines of text: every hop, its value, the rule behind it and its slack. */
export function renderLadder(backend: Pick<BackendPlan, 'ladder'>): string[] {
  const rows = backend.ladder.hops.map(rowOf);
  const widths = HEADINGS.map((heading, column) =>
    Math.max(heading.length, ...rows.map((row) => (row[column] as string).length)),
  );
  return [HEADINGS, ...rows].map((row) =>
    row
      .map((cell, column) =>
        column === 1 || column === 3 ? cell.padStart(widths[column] as number) : cell.padEnd(widths[column] as number),
      )
      .join('  ')
      .trimEnd(),
  );
}

function rowOf(hop: HopPlan): string[] {
  return [hop.hop, String(hop.seconds), hop.rule, String(hop.slackSeconds)];
}
