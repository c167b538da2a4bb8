import type { FetchCommand } from './fetch-command';

/** The source of a model whose text is part of the definition. */
export const TEXT_URI = 'text:definition';

/** Writes the bytes of its first argument. A directory of the file may be missing, because several texts share a volume on ECS. */
const WRITE =
  "import os, sys; text, path = sys.argv[1:]; os.makedirs(os.path.dirname(path), exist_ok=True); open(path, 'wb').write(os.fsencode(text))";

/** The program that writes a text to a file. */
export function textCommand(text: string, destination: string): FetchCommand {
  return { program: ['python3', '-c'], args: [WRITE, text, destination] };
}
