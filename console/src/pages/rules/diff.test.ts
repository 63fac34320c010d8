import { expect, test } from 'vitest';
import { difference } from './diff';

const told = (before: string, after: string) =>
  difference(before, after).map(({ kind, text }) => `${{ same: ' ', gone: '-', new: '+' }[kind]}${text}`);

test('what is the same stays, what differs is told at its place', () => {
  expect(told('a\nb\nc\n', 'a\nx\nc\n')).toEqual([' a', '-b', '+x', ' c']);
  expect(told('a\nb\n', 'a\nb\nc\n')).toEqual([' a', ' b', '+c']);
  expect(told('a\nb\nc\nd\n', 'b\nd\ne\n')).toEqual(['-a', ' b', '-c', ' d', '+e']);
});

test('nothing and something', () => {
  expect(told('', '')).toEqual([]);
  expect(told('', 'a')).toEqual(['+a']);
  expect(told('a\n', '')).toEqual(['-a']);
});

test('texts that are too long to be compared are told whole', () => {
  const long = (word: string) => Array.from({ length: 2500 }, (_, at) => `${word}${at}`).join('\n');
  expect(difference(long('a'), long('b'))).toHaveLength(5000);
});
