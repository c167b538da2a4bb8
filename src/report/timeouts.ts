import type { Explanation } from '../plan/explanation';
import { chainTable, ladderTable } from './ladder';
import { onCallNotes } from './on-call';
import { patchNotes } from './patches';
import type { Section } from './sections';

interface Subject {
  readonly name: string;
  readonly path: string;
}

/** The times of every endpoint and backend, each with its rule, and notes for someone on call. */
export function timeoutSections({ plan }: Explanation): Section[] {
  return [
    ...plan.endpoints.map(({ name, path, ladder }) => ({
      level: 1,
      title: titleOf('timeouts of', [{ name, path }]),
      table: ladderTable(ladder),
    })),
    ...merged('timeouts of', plan.backends, (backend) => ({
      table: ladderTable(backend.ladder),
      notes: [...onCallNotes(plan, backend), ...patchNotes(backend.intent.patches)],
    })),
  ];
}

/** The hops from the client to each backend's server, with their times. */
export function hopSections({ plan }: Explanation): Section[] {
  return merged('hops to', plan.backends, ({ chain }) => ({ table: chainTable(chain) }));
}

/** One section for all backends with the same content. */
function merged<T extends Subject>(
  what: string,
  subjects: readonly T[],
  contentOf: (subject: T) => Pick<Section, 'table' | 'notes'>,
): Section[] {
  const groups = new Map<string, { readonly content: Pick<Section, 'table' | 'notes'>; readonly members: T[] }>();
  for (const subject of subjects) {
    const content = contentOf(subject);
    const key = JSON.stringify(content);
    const group = groups.get(key) ?? { content, members: [] };
    group.members.push(subject);
    groups.set(key, group);
  }
  return [...groups.values()].map(({ content, members }) => ({ level: 1, title: titleOf(what, members), ...content }));
}

function titleOf(what: string, subjects: readonly Subject[]): string {
  return `${what} ${subjects.map(({ name, path }) => `${name} (${path})`).join(', ')}`;
}
