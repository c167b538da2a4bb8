/** The only label in selectors. Selectors are immutable, so nothing that changes with a release may stand in them. */
const INSTANCE = 'app.kubernetes.io/instance';

/** The labels of everything that belongs to one backend, endpoint or router. */
export function labelsOf(slug: string): Record<string, string> {
  return { [INSTANCE]: slug };
}

/** What the user wrote for people, as annotations. */
export function annotationsOf(intent: {
  readonly name: string;
  readonly description?: string;
}): Record<string, string> {
  return {
    'serving-constructs/name': intent.name,
    ...(intent.description !== undefined && { 'serving-constructs/description': intent.description }),
  };
}
