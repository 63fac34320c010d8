// Approved base images as a text.
import { expect, test } from 'vitest';
import { parse, withMore, write } from './list';

const debian = { name: 'debian:12', layers: ['sha256:a'] };
const alpine = { name: 'alpine:3', layers: ['sha256:b'] };

test('a list is read as it was written', () => {
  expect(parse(write([debian, alpine]))).toEqual([debian, alpine]);
  expect(write([])).toBe('');
  expect(parse(' ')).toEqual([]);
});

test('what is no such list is not read', () => {
  for (const content of ['{', '[]', 'null', '{"version":2,"bases":[]}', '{"version":1,"bases":[{"name":1}]}'])
    expect(parse(content)).toBeUndefined();
});

test('what is approved again moves to the end, as the newest', () => {
  expect(withMore([debian, alpine], [{ ...debian, digest: 'sha256:c' }])).toEqual([
    alpine,
    { ...debian, digest: 'sha256:c' },
  ]);
});
