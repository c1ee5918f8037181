/** Every row of the list of pitfalls that is about what is served by now (compat-tests/pitfalls holds Apache Kafka against the same). */
import { afterAll, afterEach, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { startBroker, type TestBroker } from '../src/testing/index.ts';
import { ApiVersionsRequest, ApiVersionsResponse } from '../src/wire/messages/index.ts';
import { brokerConfig, rows, Stage, waiting } from './pitfalls/index.ts';

jest.setTimeout(30_000);

/** Shown elsewhere: a wire test would have to wait for minutes. */
const elsewhere = ['C-24', 'C-38'];
const LAST = 51;

let broker: TestBroker;
let stage: Stage;
beforeAll(async () => {
  broker = await startBroker({ config: brokerConfig });
  stage = new Stage(broker.port);
});
afterEach(() => stage.closeAll());
afterAll(() => broker.stop());

describe('pitfalls', () => {
  test.each(rows.map((row) => [`${row.id} ${row.what}`, row] as const))('%s', (_, row) => row.run(stage));

  test('each has a test here or elsewhere, or says what it is waiting for', () => {
    const accounted = new Set([...rows, ...waiting].map(({ id }) => id).concat(elsewhere));
    const all = Array.from({ length: LAST }, (_, i) => `C-${i + 1}`);
    expect(all.filter((id) => !accounted.has(id))).toEqual([]);
  });

  test('none waits for what is already there', async () => {
    const api = { request: ApiVersionsRequest, response: ApiVersionsResponse };
    const { apiKeys } = await stage.ask(api, 4, { clientSoftwareName: 'test', clientSoftwareVersion: '1' });
    const served = new Set(apiKeys.map(({ apiKey }) => apiKey));
    expect(waiting.filter((each) => served.has(each.api))).toEqual([]);
  });
});
