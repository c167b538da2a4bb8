import type { BackendPlan, HopTimes, LadderPlan } from '../plan/serving-plan';
import { tableLines } from './layout';
import type { Table } from './sections';
import { textOf } from './text';

/** A timeout ladder: every hop with its value, rule and slack. */
export function ladderTable({ hops }: LadderPlan): Table {
  const hasOverrides = hops.some(({ setBy }) => setBy !== undefined);
  return {
    headings: ['hop', 'seconds', 'rule', 'slack', ...(hasOverrides ? ['set by'] : [])],
    rows: hops.map(({ hop, seconds, rule, slackSeconds, setBy = '-' }) => [
      hop,
      String(seconds),
      rule,
      slackSeconds === undefined ? '-' : String(slackSeconds),
      ...(hasOverrides ? [setBy] : []),
    ]),
    numbers: ['seconds', 'slack'],
  };
}

/** The hops of a request from the client to the server, with their times. */
export function chainTable(chain: HopTimes[]): Table {
  const time = (seconds: number | undefined): string => (seconds === undefined ? '-' : String(seconds));
  return {
    headings: ['hop', 'client idle', 'next hop idle', 'silence', 'request'],
    rows: chain.map((hop) => [
      hop.name,
      time(hop.clientIdleSeconds),
      hop.kind === 'server' ? '-' : time(hop.serverIdleSeconds),
      time(hop.silenceSeconds),
      time(hop.requestSeconds),
    ]),
    numbers: ['client idle', 'next hop idle', 'silence', 'request'],
  };
}

/** The timeout ladder of a backend as lines of text. */
export function renderLadder(backend: Pick<BackendPlan, 'ladder'>): string[] {
  return tableLines(ladderTable(backend.ladder)).map(textOf);
}
