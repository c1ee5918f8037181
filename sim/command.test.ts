/** The command as a newcomer meets it, from the sources. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { Metadata } from './broker.ts';
import { endAll, ottla, ready } from './command.ts';
import { WireClient } from './wire-client.ts';

jest.setTimeout(60_000);

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ottla-command-'));
});
afterEach(async () => {
  await endAll();
  rmSync(folder, { recursive: true, force: true });
});

describe('ottla start', () => {
  test('serves, says where, stops cleanly on SIGTERM, and finds its folder again', async () => {
    const args = ['start', '--port', '0', '--data-dir', join(folder, 'data')];
    const first = ottla(args);
    const wire = await WireClient.connect(await ready(first));
    const { clusterId } = await wire.request(Metadata, 12, { topics: [] });
    first.process.kill('SIGTERM');
    expect(await first.ended).toBe(0);
    expect(first.output()).toContain(join(folder, 'data'));
    const second = ottla(args);
    const again = await WireClient.connect(await ready(second));
    expect((await again.request(Metadata, 12, { topics: [] })).clusterId).toBe(clusterId);
    second.process.kill('SIGINT');
    expect(await second.ended).toBe(0);
  });

  test('names nobody knows, and configs not obeyed yet, are said once', async () => {
    writeFileSync(join(folder, 'server.properties'), 'num.partition=3\nnum.io.threads=8\n');
    const run = ottla(['start', '--port', '0', '--memory', '--properties', join(folder, 'server.properties')]);
    await ready(run);
    run.process.kill('SIGTERM');
    await run.ended;
    expect(run.output()).toMatch(/num\.partition; did you mean num\.partitions/);
    expect(run.output()).toMatch(/not obeyed yet: num\.io\.threads/);
  });
});
