import type { Explanation } from '../plan/explanation';
import { hideTokens } from '../private/tokens';
import { refusalSections } from './actions';
import { capabilitySections } from './capabilities';
import { routeSections } from './routes';
import { lockSections, ruleSections } from './rules';
import { mapTexts, type Section } from './sections';
import { summarySections } from './summary';
import { hopSections, timeoutSections } from './timeouts';

/** What a reader can ask a report for. */
interface ReportPart {
  /** What it answers, for `--help` and the documentation. */
  readonly summary: string;
  /** What it lists of one platform. */
  readonly ofPlatform?: (explanation: Explanation) => Section[];
  /** What it lists of the whole app. */
  readonly ofApp?: (explanations: Explanation[]) => Section[];
}

/** The parts of a report, in the order in which they are printed. */
export const REPORT_PARTS = {
  summary: {
    summary: 'URLs, shares, the times that matter, what to act on, and the command of each server',
    ofPlatform: summarySections,
  },
  routes: { summary: 'the routes of each endpoint, in the order in which they are tried', ofPlatform: routeSections },
  timeouts: {
    summary: 'every time with the rule behind it, and what it means for someone on call',
    ofPlatform: timeoutSections,
  },
  hops: { summary: 'the times of each hop from the client to the server', ofPlatform: hopSections },
  capabilities: {
    summary: 'what the target supports natively, emulates or approximates, and what is left to you',
    ofPlatform: capabilitySections,
  },
  locks: { summary: 'the lock files that were read', ofApp: lockSections },
  rules: { summary: 'the rules behind the times, each with its source', ofApp: ruleSections },
} as const satisfies { readonly [name: string]: ReportPart };

/** The name of a part. */
export type ReportPartName = keyof typeof REPORT_PARTS;

/** Whether a word names a part. */
export function isReportPart(name: string): name is ReportPartName {
  return Object.hasOwn(REPORT_PARTS, name);
}

/** What a report is made of. */
export interface ReportChoice {
  /** The parts. @default - all */
  readonly names?: readonly ReportPartName[];
  /** Whether refusals stand in front of every part: where something is refused, other values are placeholders. @default true */
  readonly withRefusals?: boolean;
}

/** The parts of a report: those of each platform below its name, then those of the app. */
export function explain(explanations: Explanation[], choice: ReportChoice = {}): Section[] {
  const { names = Object.keys(REPORT_PARTS) as ReportPartName[], withRefusals = true } = choice;
  const parts: ReportPart[] = names.map((name) => REPORT_PARTS[name]);
  const platforms = explanations.flatMap((explanation) => {
    const refusals = withRefusals ? refusalSections(explanation) : [];
    const content = [...refusals, ...parts.flatMap(({ ofPlatform }) => ofPlatform?.(explanation) ?? [])];
    const title = `${explanation.platform} on ${explanation.target}`;
    return content.length === 0 ? [] : [{ level: 0, title }, ...content];
  });
  const sections = [...platforms, ...parts.flatMap(({ ofApp }) => ofApp?.(explanations) ?? [])];
  return sections.map((section) => mapTexts(section, hideTokens));
}
