import { execFile } from 'node:child_process';
import { chownSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { freePort } from '../brokers.ts';
import { Program } from '../program.ts';
import { postgresPrograms } from '../toolchain.ts';

const run = promisify(execFile);

/** A PostgreSQL server of the suite's own, with logical decoding, in a folder that goes with it. */
export class Postgres {
  readonly port: number;
  private readonly programs: string;
  private readonly folder: string;
  private readonly server: Program;

  private constructor(programs: string, folder: string, port: number, uid: number | undefined) {
    const settings = ['wal_level=logical', 'fsync=off', 'shared_buffers=32MB', `unix_socket_directories=${folder}`];
    const args = [
      '-D',
      join(folder, 'data'),
      '-p',
      `${port}`,
      '-h',
      '127.0.0.1',
      ...settings.flatMap((each) => ['-c', each]),
    ];
    this.programs = programs;
    this.folder = folder;
    this.port = port;
    this.server = new Program('postgres', {
      command: join(programs, 'postgres'),
      args,
      ...(uid === undefined ? {} : { uid }),
    });
  }

  static async start(): Promise<Postgres> {
    const programs = await postgresPrograms();
    const folder = mkdtempSync(join(tmpdir(), 'ottla-postgres-'));
    process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
    // It refuses to run as root: then it runs as the user that its package made.
    const isRoot = process.getuid?.() === 0;
    const uid = isRoot ? Number((await run('id', ['-u', 'postgres'])).stdout) : undefined;
    if (uid !== undefined) chownSync(folder, uid, uid);
    const init = ['-D', join(folder, 'data'), '-U', 'ottla', '-A', 'trust', '-E', 'UTF8', '--no-sync'];
    await run(join(programs, 'initdb'), init, { cwd: folder, ...(uid === undefined ? {} : { uid }) });
    const postgres = new Postgres(programs, folder, await freePort(), uid);
    postgres.server.start();
    const deadline = Date.now() + 30_000;
    while (!(await postgres.sql('postgres', 'select 1').catch(() => undefined))) {
      if (Date.now() > deadline) throw new Error(`PostgreSQL does not start: ${postgres.server.lastOutput}`);
      await sleep(100);
    }
    return postgres;
  }

  /** What psql prints, without headers. */
  async sql(database: string, statements: string): Promise<string> {
    const where = ['-h', '127.0.0.1', '-p', `${this.port}`, '-U', 'ottla', '-d', database];
    const how = ['-X', '-q', '-A', '-t', '-v', 'ON_ERROR_STOP=1', '-c', statements];
    return (await run(join(this.programs, 'psql'), [...where, ...how], { maxBuffer: 2 ** 26 })).stdout.trim();
  }

  async dispose(): Promise<void> {
    await this.server.kill();
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 5 });
  }
}
