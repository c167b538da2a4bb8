/** Measures some subjects and prints the measurements: npx tsx test/real/servers/run.ts uvicorn granian-asgi */
import { measure, Turns } from './probes';
import { CORE, EXTENDED } from './subjects';

async function main(ids: readonly string[]) {
  const turns = new Turns(6);
  const subjects = [...CORE, ...EXTENDED].filter(({ id }) => ids.includes(id));
  await Promise.all(
    subjects.map(async (subject) => {
      const measured = await measure(subject, turns).catch(String);
      process.stdout.write(`${subject.id} ${JSON.stringify(measured, null, 2)}\n`);
    }),
  );
}

void main(process.argv.slice(2));
