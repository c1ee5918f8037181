/** The command as a newcomer meets it, from the sources. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { Metadata } from './broker.ts';
import { WireClient } from './wire-client.ts';

jest.setTimeout(60_000);

const main = fileURLToPath(new URL('../src/cli/main.ts', import.meta.url));
const root = fileURLToPath(new URL('..', import.meta.url));

interface Run {
  readonly process: ChildProcess;
  readonly output: () => string;
  /** Resolves to the exit code. */
  readonly ended: Promise<number | null>;
}

let folder: string;
let runs: Run[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ottla-command-'));
  runs = [];
});
afterEach(async () => {
  for (const { process, ended } of runs) {
    process.kill('SIGKILL');
    await ended;
  }
  rmSync(folder, { recursive: true, force: true });
});

function ottla(...args: string[]): Run {
  const child = spawn(process.execPath, ['--import', 'tsx', main, ...args], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const ended = once(child, 'exit').then(([code]) => code as number | null);
  const run = { process: child, output: () => output, ended };
  runs.push(run);
  return run;
}

/** Resolves to the port once the line that says ready is there. */
async function ready(run: Run): Promise<number> {
  for (;;) {
    const match = /Ottla is ready on [^ ]*:(\d+), data .+ \(\d+ ms\)\n/.exec(run.output());
    if (match !== null) return Number(match[1]);
    const gone = await Promise.race([
      run.ended.then(() => true),
      once(run.process.stdout as NodeJS.ReadableStream, 'data').then(() => false),
    ]);
    if (gone) throw new Error(`it did not start: ${run.output()}`);
  }
}

describe('ottla start', () => {
  test('serves, says where, stops cleanly on SIGTERM, and finds its folder again', async () => {
    const args = ['start', '--port', '0', '--data-dir', join(folder, 'data')];
    const first = ottla(...args);
    const wire = await WireClient.connect(await ready(first));
    const { clusterId } = await wire.request(Metadata, 12, { topics: [] });
    first.process.kill('SIGTERM');
    expect(await first.ended).toBe(0);
    expect(first.output()).toContain(join(folder, 'data'));
    const second = ottla(...args);
    const again = await WireClient.connect(await ready(second));
    expect((await again.request(Metadata, 12, { topics: [] })).clusterId).toBe(clusterId);
    second.process.kill('SIGINT');
    expect(await second.ended).toBe(0);
  });

  test('a folder that another broker uses, and a port in use, are said in words', async () => {
    const first = ottla('start', '--port', '0', '--data-dir', join(folder, 'data'));
    const port = await ready(first);
    const locked = ottla('start', '--port', '0', '--data-dir', join(folder, 'data'));
    expect(await locked.ended).toBe(1);
    expect(locked.output()).toMatch(/ottla: .*data.*(in use|another)/i);
    const taken = ottla('start', '--port', String(port), '--memory');
    expect(await taken.ended).toBe(1);
    expect(taken.output()).toContain('the port is in use');
  });

  test('a config that cannot be is refused with exit code 2', async () => {
    const run = ottla('start', '--memory', '-c', 'num.partitions=none', '-c', 'listeners=SSL://:0');
    expect(await run.ended).toBe(2);
    expect(run.output()).toContain('num.partitions');
  });

  test('a topic of offsets that cannot be made stops the start with exit code 2', async () => {
    const run = ottla('start', '--port', '0', '--memory', '-c', 'offsets.topic.segment.bytes=65536');
    expect(await run.ended).toBe(2);
    expect(run.output()).toMatch(/ottla: __consumer_offsets cannot be made .*segment\.bytes/);
  });

  test('names nobody knows, and configs not obeyed yet, are said once', async () => {
    writeFileSync(join(folder, 'server.properties'), 'num.partition=3\nnum.io.threads=8\n');
    const run = ottla('start', '--port', '0', '--memory', '--properties', join(folder, 'server.properties'));
    await ready(run);
    run.process.kill('SIGTERM');
    await run.ended;
    expect(run.output()).toMatch(/num\.partition; did you mean num\.partitions/);
    expect(run.output()).toMatch(/not obeyed yet: num\.io\.threads/);
  });

  test.each([
    [['start', '--port', 'ninety'], 'a port is a number'],
    [['start', '--memory', '--data-dir', '/x'], 'cannot be used with'],
    [['start', '--flag-nobody-has'], 'unknown option'],
    [['start', '--properties', '/nowhere/at-all.properties'], 'ENOENT'],
  ])('%j fails and says why', async (args, why) => {
    const run = ottla(...args);
    expect(await run.ended).toBe(1);
    expect(run.output()).toContain(why);
  });
});
