import type { BackendPlan, HopTimes, LadderPlan } from '../plan/serving-plan';
import { tableLines } from './layout';
import type { Table } from './sections';
import { textOf } from './text';

/** A timeout ladder: every hop, its value, the rule behind it and its slack. */
export function ladderTable({ hops }: LadderPlan): Table {
  const byHand = hops.some(({ setBy }) => setBy !== undefined);
  return {
    headings: ['hop', 'seconds', 'rule', 'slack', ...(byHand ? ['set by'] : [])],
    rows: hops.map(({ hop, seconds, rule, slackSeconds, setBy = '-' }) => [
      hop,
      String(seconds),
      rule,
      slackSeconds === undefined ? '-' : String(slackSeconds),
      ...(byHand ? [setBy] : []),
    ]),
    numbers: ['seconds', 'slack'],
  };
}

/** The hops of a request's way, from the client to the server, with their times. */
export function chainTable(chain: HopTimes[]): Table {
  const time = (seconds: number | undefined): string => (seconds === undefined ? '-' : String(seconds));
  return {
    headings: ['from the client', 'idle from it', 'idle to the next', 'silence', 'request'],
    rows: chain.map((hop) => [
      hop.name,
      time(hop.clientIdleSeconds),
      hop.kind === 'server' ? '-' : time(hop.serverIdleSeconds),
      time(hop.silenceSeconds),
      time(hop.requestSeconds),
    ]),
    numbers: ['idle from it', 'idle to the next', 'silence', 'request'],
  };
}

/** The timeout ladder of a backend as lines of text. */
export function renderLadder(backend: Pick<BackendPlan, 'ladder'>): string[] {
  return tableLines(ladderTable(backend.ladder)).map(textOf);
}
