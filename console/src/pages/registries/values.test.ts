// What the form of a registry sends, and when what is secret is asked for anew.
import { expect, test } from 'vitest';
import { isElsewhere, settingsOf } from './values';

const registry = {
  has_password: true,
  has_proxy: false,
  settings: { address: 'https://a.example', region: 'x', images_per_hour: 5, accept_any_certificate: false },
} as never;

test('what the form does not show is kept, and what was emptied is not sent', () => {
  expect(settingsOf(registry, { address: ' https://a.example ', images_per_hour: null })).toEqual({
    address: 'https://a.example',
    region: 'x',
    accept_any_certificate: false,
  });
});

test('another address is not told the old password', () => {
  expect(isElsewhere(registry, { address: 'https://a.example' })).toBe(false);
  expect(isElsewhere(registry, { address: 'https://b.example' })).toBe(true);
  expect(isElsewhere(registry, { address: 'https://a.example', accept_any_certificate: true })).toBe(true);
  expect(isElsewhere(registry, { address: 'https://a.example', authorities: 'PEM' })).toBe(true);
  expect(isElsewhere(undefined, { address: 'https://b.example' })).toBe(false);
});
