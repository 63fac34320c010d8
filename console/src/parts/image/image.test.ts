// What the view of an image works out by itself.
import { expect, test } from 'vitest';
import type { Schemas } from '@/api/client';
import { parseSearch, read } from '@/app/url';
import { linesOf } from './Configuration';
import { FIELDS, numberOf, subjectOf } from './findings';
import { together } from './Layers';
import { packed } from './within';

const layer = (position: number) => ({ position, diff_id: `sha256:${position}` }) as Schemas['ImageLayer'];

test('each step that made a layer takes the next one', () => {
  const steps = [{ created_by: 'ADD' }, { created_by: 'CMD', empty_layer: true }, { created_by: 'RUN' }];
  const rows = together([layer(0), layer(1), layer(2)], steps);
  expect(rows.map((row) => [row.at, row.step?.created_by, row.layer?.position])).toEqual([
    [0, 'ADD', 0],
    [1, 'CMD', undefined],
    [2, 'RUN', 1],
    [3, undefined, 2],
  ]);
});

test('the filters of a tab are one text, and are read again', () => {
  const wanted = { severity: ['critical', 'high'] as ('critical' | 'high')[], layer: 0, search: 'a&b=c' };
  const text = packed(FIELDS, wanted);
  expect(read(FIELDS, parseSearch(text ?? ''))).toEqual(wanted);
  expect(packed(FIELDS, { search: undefined })).toBeUndefined();
});

test('fingerprints become whole numbers that differ', () => {
  const one = numberOf(`ffffffffffffe${'0'.repeat(51)}`);
  const other = numberOf(`fffffffffffff${'0'.repeat(51)}`);
  expect(Number.isSafeInteger(other)).toBe(true);
  expect(other - one).toBe(1);
});

test('a decision about a finding names it by rule and fingerprint', () => {
  const finding = { kind: 'secrets', rule: 'private-key', fingerprint: 'f', path: 'x' } as Schemas['ImageFinding'];
  expect(subjectOf(finding)).toEqual({ kind: 'secrets', rule: 'private-key', fingerprint: 'f', package: '', path: '' });
});

test('settings are told line by line, commands in one', () => {
  const config = { entrypoint: ['sh', '-c'], exposed_ports: ['1/tcp', '2/tcp'], labels: { a: 'b' }, user: '' };
  expect(linesOf(config, 'entrypoint')).toEqual(['sh -c']);
  expect(linesOf(config, 'exposed_ports')).toEqual(['1/tcp', '2/tcp']);
  expect(linesOf(config, 'labels')).toEqual(['a=b']);
  expect(linesOf(config, 'user')).toEqual([]);
});
