import { once } from 'node:events';
import { get } from 'node:http';
import { connect } from 'node:net';
import { afterEach, describe, expect, test } from '@jest/globals';
import { RecordingLogger, SimulatedClock } from '../base/index.ts';
import { health } from './health.ts';
import { MetricsListener, type MetricsListenerOptions } from './metrics-listener.ts';

const opened: MetricsListener[] = [];
afterEach(async () => {
  for (const listener of opened.splice(0)) await listener.close();
});

async function listen(options: Partial<MetricsListenerOptions> = {}) {
  const clock = new SimulatedClock();
  const logger = new RecordingLogger();
  const listener = new MetricsListener({
    listener: { host: '127.0.0.1', port: 0 },
    page: () => Promise.resolve({ contentType: 'text/plain', render: () => Promise.resolve('a 1\n') }),
    health: () => ({ status: 'serving', reasons: [] }),
    clock,
    logger,
    ...options,
  });
  opened.push(listener);
  const port = (await listener.open()) as number;
  return { listener, clock, logger, port };
}

function ask(port: number, path: string): Promise<{ status: number | undefined; body: string }> {
  return new Promise((done, failed) => {
    get({ host: '127.0.0.1', port, path }, (response) => {
      let body = '';
      response.on('data', (chunk: Buffer) => (body += chunk.toString()));
      response.on('end', () => done({ status: response.statusCode, body }));
    }).on('error', failed);
  });
}

describe('the listener', () => {
  test('loads the page when it is first asked for, once', async () => {
    let loaded = 0;
    const page = () => {
      loaded++;
      return Promise.resolve({ contentType: 'text/plain', render: () => Promise.resolve('a 1\n') });
    };
    const { port } = await listen({ page });
    expect((await ask(port, '/health')).status).toBe(200);
    expect(loaded).toBe(0);
    expect((await ask(port, '/metrics')).body).toBe('a 1\n');
    expect((await ask(port, '/metrics')).body).toBe('a 1\n');
    expect(loaded).toBe(1);
  });

  test('answers 500 where the figures cannot be gathered, and logs why', async () => {
    const { port, logger } = await listen({ page: () => Promise.reject(new Error('no figures')) });
    expect((await ask(port, '/metrics')).status).toBe(500);
    expect(logger.lines.map(({ message }) => message)).toEqual(['metrics cannot be shown']);
  });

  test('drops who has not come to an end after 30 s', async () => {
    const { port, clock } = await listen();
    await ask(port, '/health');
    const slow = connect({ host: '127.0.0.1', port });
    await once(slow, 'connect');
    slow.write('GET /metrics HTTP/1.1\r\nHost: a\r\nX: ');
    await ask(port, '/health');
    clock.advance(29_000);
    slow.write('still here');
    await ask(port, '/health');
    expect(slow.destroyed).toBe(false);
    clock.advance(1_000);
    await once(slow, 'close');
  });

  test('drops everyone when it is closed, and can be closed again', async () => {
    const { port, listener } = await listen();
    const waiting = connect({ host: '127.0.0.1', port });
    await once(waiting, 'connect');
    waiting.on('error', () => {});
    await ask(port, '/health');
    const closed = once(waiting, 'close');
    await listener.close();
    await listener.close();
    await closed;
  });
});

describe('health', () => {
  const well = { offlineDirectories: () => [], lost: () => undefined, isShuttingDown: () => false };

  test('is 503 with every reason', async () => {
    const reasons = {
      offlineDirectories: () => ['/data/a'],
      lost: () => new Error('EIO'),
      isShuttingDown: () => true,
    };
    const { port } = await listen({ health: () => health(reasons) });
    const { status, body } = await ask(port, '/health');
    expect(status).toBe(503);
    expect(JSON.parse(body)).toEqual({
      status: 'failing',
      reasons: ['the broker is shutting down', 'the broker cannot go on: EIO', 'log directory /data/a is offline'],
    });
  });

  test('is well without one', () => {
    expect(health(well)).toEqual({ status: 'serving', reasons: [] });
  });
});
