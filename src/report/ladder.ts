import type { BackendPlan } from '../plan/serving-plan';
import { type Table, tableLines } from './sections';

/** The timeout ladder of a backend: every hop, its value, the rule behind it and its slack. */
export function ladderTable(backend: Pick<BackendPlan, 'ladder'>): Table {
  return {
    headings: ['hop', 'seconds', 'rule', 'slack'],
    rows: backend.ladder.hops.map((hop) => [hop.hop, String(hop.seconds), hop.rule, String(hop.slackSeconds)]),
    numbers: ['seconds', 'slack'],
  };
}

/** The timeout ladder of a backend as lines of text. */
export function renderLadder(backend: Pick<BackendPlan, 'ladder'>): string[] {
  return tableLines(ladderTable(backend));
}
