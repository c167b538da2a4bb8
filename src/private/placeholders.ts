/** `${NAME}`, also with a default value or the name of a CloudFormation parameter, and `$(NAME)`. */
const BRACED = /\$\{[A-Za-z_][\w.:-]*\}|\$\{[A-Za-z_]\w*:?[-=?+][^{}]*\}/;
const PARENTHESIZED = /\$\([A-Za-z_]\w*\)/;
/** A whole value that is a variable. In other texts `$` is often only a character. */
const VARIABLE = /^\$[A-Za-z_]\w*$/;
/** `{{ .Values.name }}` and `{{- $name }}` of Go templates, such as those of Helm. */
const GO_TEMPLATE = /\{\{-?\s*[.$][\w.]/;
/** `{{ name }}`. With other text around it, it can be a template for prompts, which the server fills in. */
const TEMPLATE = /\{\{-?\s*[A-Za-z_][\w.]*\s*-?\}\}/;
const PROMPT = /\{%|\s/;
const PROMPT_NAME = /TEMPLATE|PROMPT/i;

/** A place in a text for a value that was to be filled in. */
export interface Placeholder {
  /** How it is shown, without the name in it. */
  readonly shown: string;
  /** Whether a shell expands it. */
  readonly isVariable: boolean;
}

/** Whether a text has what every variable or template starts with. */
export function mayHavePlaceholder(text: string): boolean {
  return text.includes('$') || text.includes('{{');
}

/** The first variable or template in a named value; undefined if it has none. */
export function placeholderIn(name: string, value: string): Placeholder | undefined {
  // biome-ignore lint/suspicious/noTemplateCurlyInString: how a variable is shown
  if (BRACED.test(value)) return { shown: '${...}', isVariable: true };
  if (PARENTHESIZED.test(value)) return { shown: '$(...)', isVariable: true };
  if (VARIABLE.test(value)) return { shown: '$...', isVariable: true };
  const template = { shown: '{{...}}', isVariable: false };
  if (GO_TEMPLATE.test(value)) return template;
  const isPrompt = PROMPT_NAME.test(name) || PROMPT.test(value.replace(/\{\{[^{}]*\}\}/g, ''));
  return TEMPLATE.test(value) && !isPrompt ? template : undefined;
}
