import { expect, test } from 'vitest';
import { imagesOf } from './imagesOf';

const paths = (source?: Parameters<typeof imagesOf>[0]['source']) => imagesOf({ source }).map(({ path }) => path);

test('what is from somewhere is in the list of what is from there', () => {
  expect(paths()).toEqual(['/images/local', '/images/registry', '/images/archive']);
  expect(paths(['registry'])).toEqual(['/images/registry']);
  expect(paths(['local', 'archive'])).toEqual(['/images/local', '/images/archive']);
  expect(imagesOf({ source: ['ci'] })[0]).toMatchObject({ path: '/images/archive', search: { kind: ['ci'] } });
  expect(imagesOf({ source: ['ci', 'archive'] })[0]?.search.kind).toBeUndefined();
});

test('no image is left out whose worst is another risk', () => {
  const risk = (...severity: ('critical' | 'medium' | 'unknown')[]) => imagesOf({ severity })[0]?.search.risk;
  expect(risk('critical')).toEqual(['critical']);
  expect(risk('critical', 'medium')).toEqual(['critical', 'high', 'medium']);
  expect(risk('unknown')).toBeUndefined();
  expect(imagesOf({})[0]?.search.risk).toBeUndefined();
});

test('only whole ids of vulnerabilities are searched for', () => {
  const search = (wanted: Parameters<typeof imagesOf>[0]) => imagesOf(wanted)[0]?.search.vulnerability;
  expect(search({ search: 'CVE-2021-44228' })).toBe('CVE-2021-44228');
  expect(search({ search: 'ghsa-jfh8-c2jp-5v3q' })).toBe('ghsa-jfh8-c2jp-5v3q');
  expect(search({ search: 'CVE-2021' })).toBeUndefined();
  expect(search({ search: 'CVE-2021-44228', kind: 'malware' })).toBeUndefined();
});
