// What the form of a schedule sends.
import { expect, test } from 'vitest';
import { bodyOf, fitting, initial, type Values, valuesOf } from './values';

test('a new schedule scans everything of its place, every night', () => {
  const body = bodyOf({ ...initial('registry'), name: ' night ' }, undefined);
  expect(body).toMatchObject({
    name: 'night',
    targets: ['registry'],
    checks: [],
    filter: {},
    images: [],
    rhythm: { type: 'days', every: 1, at: '00:00' },
    window: { from: '00:00', to: '07:00' },
    per_hour: 0,
  });
});

test('what the form does not show of a filter is kept, and what was emptied is not', () => {
  const before = { filter: { vulnerability: 'CVE-1', name: 'shop', tag: null, status: [] } };
  const values: Values = { ...initial('all'), scope: 'filter', filter: { name: '', tag: 'v1' } };
  expect(bodyOf(values, before as never).filter).toEqual({ vulnerability: 'CVE-1', tag: 'v1' });
  expect(bodyOf({ ...values, scope: 'all' }, before as never).filter).toEqual({});
});

test('picked images are only sent while they are picked', () => {
  const values: Values = { ...initial('all'), scope: 'picked', images: [1, 2] };
  expect(bodyOf(values, undefined).images).toEqual([1, 2]);
  expect(bodyOf({ ...values, scope: 'all' }, undefined).images).toEqual([]);
});

test('a schedule is shown as it is kept', () => {
  const body = bodyOf({ ...initial('local'), name: 'x', checks: ['secrets'] }, undefined);
  const values = valuesOf({ ...body, filter: { status: [], name: null } } as never);
  expect(values).toMatchObject({ scope: 'all', checks: ['secrets'], filter: {}, targets: ['local'] });
});

test('what would be scanned now is a filter', () => {
  expect(fitting({ ...initial('local'), only_latest: true })).toEqual({ kind: ['local'], latest: true });
});
