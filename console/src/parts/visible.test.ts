// What hides in names is shown, and what does not stays as it is.
import i18next from 'i18next';
import { expect, test } from 'vitest';
import { INTERPOLATION } from '@/i18n';
import { isolated, visible } from './visible';

test('what cannot be seen is written out', () => {
  expect(visible('evil\u202egpj.exe')).toBe('evil\\u{202e}gpj.exe');
  expect(visible('bell\x07 \x1b[31mred\x7f')).toBe('bell\\u{7} \\u{1b}[31mred\\u{7f}');
  expect(visible('ad\u200bmin\ufeff')).toBe('ad\\u{200b}min\\u{feff}');
});

test('what can be seen stays', () => {
  for (const text of ['<b>&amp;</b>', 'a\tb\nc', '镜像', 'مشروع', '👩‍💻', 'می‌خواهم']) expect(visible(text)).toBe(text);
  expect(visible('one\r\ntwo')).toBe('one\ntwo');
});

test('only what is written from the right is parted from its sentence', () => {
  expect(isolated('plain')).toBe('plain');
  expect(isolated('שלום')).toBe('\u2068שלום\u2069');
  expect(visible(isolated('שלום'))).toBe(isolated('שלום'));
  expect(isolated('\u2069\u202eשלום')).toBe('\u2068\\u{2069}\\u{202e}שלום\u2069');
});

test('names in sentences are neither texts of the console nor places for others', async () => {
  const spoken = i18next.createInstance();
  const texts = { said: 'About {{name}} and {{other}}', secret: 'not said' };
  await spoken.init({ lng: 'en', resources: { en: { texts } }, defaultNS: 'texts', interpolation: INTERPOLATION });
  const name = '{{other}} $t(secret) <b>\u202e';
  expect(spoken.t('said', { name, other: 'it' })).toBe('About {{other}} $t(secret) <b>\\u{202e} and it');
});
