/** Commands of this package in messages: quoted, or after a colon. */
const COMMANDS =
  /(?<=['`]|: )(?:npx )?serving(?= (?:(?:diff|explain|lock|pack|publish|status|verify)\b|<command>|--version))/g;

/** How a project runs the command of an installed package. */
export const PROJECT_COMMAND = 'npx serving';

/** A message whose commands start with `command`. */
export function withCommand(text: string, command: string): string {
  return text.replace(COMMANDS, command);
}
