import { expect, test } from '@jest/globals';
import { apis } from './index.ts';

test('there are the 77 APIs of the broker listener and 12 of the controller alone', () => {
  const all = [...apis.values()];
  expect(all.filter(({ listeners }) => listeners.includes('broker'))).toHaveLength(77);
  expect(all.filter(({ listeners }) => !listeners.includes('broker')).map(({ apiKey }) => apiKey)).toEqual([
    52, 53, 54, 56, 58, 59, 62, 63, 67, 70, 73, 82,
  ]);
});

test('request and response of an API share key, versions and first flexible version', () => {
  for (const [key, { apiKey, name, request, response }] of apis) {
    expect([request.name, response.name]).toEqual([`${name}Request`, `${name}Response`]);
    expect([key, request.apiKey, response.apiKey]).toEqual([apiKey, apiKey, apiKey]);
    expect(response.versions).toEqual(request.versions);
    expect(response.flexibleSince).toBe(request.flexibleSince);
  }
});

test('only InitProducerId hides its latest version', () => {
  const hiding = [...apis.values()].filter(({ latestVersionUnstable }) => latestVersionUnstable);
  expect(hiding.map(({ name }) => name)).toEqual(['InitProducerId']);
});
