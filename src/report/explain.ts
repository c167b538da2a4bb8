import type { Explanation } from '../plan/explanation';
import { hideTokens } from '../private/tokens';
import { refusalSections } from './actions';
import { capabilitySections } from './capabilities';
import { patchSections } from './patches';
import { routeSections } from './routes';
import { lockSections, ruleSections } from './rules';
import { mapTexts, type Section } from './sections';
import { summarySections } from './summary';
import { hopSections, timeoutSections } from './timeouts';

/** A part of a report that can be selected. */
interface ReportPart {
  /** Its content, for `--help` and the documentation. */
  readonly summary: string;
  /** Its sections for one platform. */
  readonly ofPlatform?: (explanation: Explanation) => Section[];
  /** Its sections for the whole app. */
  readonly ofApp?: (explanations: Explanation[]) => Section[];
}

/** The parts of a report, in the order in which they are printed. */
export const REPORT_PARTS = {
  summary: {
    summary: 'URLs, shares, the most important times, what needs action, and the command of each server',
    ofPlatform: summarySections,
  },
  routes: { summary: 'the routes of each endpoint, in matching order', ofPlatform: routeSections },
  timeouts: {
    summary: 'every time with its rule, and notes for operation',
    ofPlatform: timeoutSections,
  },
  hops: { summary: 'the times of each hop from the client to the server', ofPlatform: hopSections },
  capabilities: {
    summary: 'what the target supports natively, emulates or approximates, and what is left to you',
    ofPlatform: capabilitySections,
  },
  patches: {
    summary: 'the fields of the output that the definition patches, and what each replaces',
    ofPlatform: patchSections,
  },
  locks: { summary: 'the lock files that were read', ofApp: lockSections },
  rules: { summary: 'the rules for these times, each with its source', ofApp: ruleSections },
} as const satisfies { readonly [name: string]: ReportPart };

/** The name of a part. */
export type ReportPartName = keyof typeof REPORT_PARTS;

/** Whether this is the name of a part. */
export function isReportPart(name: string): name is ReportPartName {
  return Object.hasOwn(REPORT_PARTS, name);
}

/** The content of a report. */
export interface ReportChoice {
  /** The parts. @default - all */
  readonly names?: readonly ReportPartName[];
  /** Whether refusals precede all parts, because with refusals other values may be placeholders. @default true */
  readonly withRefusals?: boolean;
}

/** The sections of a report: those of each platform under its name, then those of the app. */
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
