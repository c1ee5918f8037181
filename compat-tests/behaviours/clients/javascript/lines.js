// The program's side of driver.ts: a JSON line per request, one per answer, requests side by side.
import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';

/** A package of the folder that the suite installed it in. */
export const installed = (folder, name) => import(pathToFileURL(createRequire(`${folder}/`).resolve(name)).href);

/** Serves verbs until the input ends; `describe` finds `{code, message}` in an error. */
export async function serve(verbs, describe, close) {
  const answer = async ({ id, verb, args }) => {
    try {
      return { id, result: (await verbs[verb](args)) ?? null };
    } catch (error) {
      return { id, error: describe(error) };
    }
  };
  for await (const line of createInterface({ input: process.stdin })) {
    void answer(JSON.parse(line)).then((reply) => process.stdout.write(`${JSON.stringify(reply)}\n`));
  }
  await Promise.race([close(), sleep(10_000)]);
  process.exit(0);
}

/** Asks until there is an answer, or fails after 20 s. */
export async function within20s(what, ask) {
  const deadline = Date.now() + 20_000;
  for (;;) {
    const found = await ask();
    if (found !== undefined) return found;
    if (Date.now() > deadline) throw new Error(`${what()} after 20 s`);
    await sleep(20);
  }
}
