// No text is missing in either language, and none is there for nothing.
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { expect, test } from 'vitest';

const ROOT = join(import.meta.dirname, '.');

function files(directory: string): string[] {
  return readdirSync(directory).flatMap((name) => {
    const path = join(directory, name);
    return statSync(path).isDirectory() ? files(path) : [path];
  });
}

type Tree = { [key: string]: string | string[] | Tree };

/** The keys of a file, without what tells one from several. */
function keys(tree: Tree, before = ''): Map<string, string> {
  const found = new Map<string, string>();
  for (const [key, value] of Object.entries(tree)) {
    const name = before + key.replace(/_(one|other)$/, '');
    if (typeof value === 'string' || Array.isArray(value)) found.set(name, `${value}`);
    else for (const [inner, text] of keys(value, `${name}.`)) found.set(inner, text);
  }
  return found;
}

const all = files(ROOT);
const texts = (language: string) => all.filter((path) => basename(path) === `${language}.json`);
const read = (path: string) => keys(JSON.parse(readFileSync(path, 'utf8')) as Tree);
const placeholders = (text: string) => [...text.matchAll(/\{\{\s*(\w+)/g)].map(([, name]) => name).sort();

test('both languages have the same texts', () => {
  expect(texts('en').map(dirname)).toEqual(texts('zh').map(dirname));
  for (const path of texts('en')) {
    const [en, zh] = [read(path), read(join(dirname(path), 'zh.json'))];
    const place = path.slice(ROOT.length);
    expect([...zh.keys()].sort(), `${place}: the keys of zh.json`).toEqual([...en.keys()].sort());
    for (const [key, text] of en)
      expect(placeholders(zh.get(key) ?? ''), `${place} ${key}`).toEqual(placeholders(text));
  }
});

test('Chinese texts are Chinese', () => {
  const same = texts('zh').flatMap((path) => {
    const en = read(join(dirname(path), 'en.json'));
    return [...read(path)]
      .filter(([key, text]) => en.get(key) === text && /[a-z]{4,} [a-z]{2,}/i.test(text))
      .map(([key]) => `${path} ${key}`);
  });
  expect(same).toEqual([]);
});

// `t('key')`, `t('namespace:key')`, and `t(`key.${word}`)`, whose first part has to be there.
const USED = /\bt\(\s*(?:'([^']+)'|`([^`$]+)\$\{)/g;

test('every text that is asked for is there', () => {
  const spaces = new Map(texts('en').map((path) => [basename(dirname(path)), read(path)]));
  const common = spaces.get('texts') ?? new Map();
  const missing: string[] = [];
  for (const path of all.filter((file) => /\.tsx?$/.test(file) && !file.endsWith('.test.ts'))) {
    const source = readFileSync(path, 'utf8');
    const used = [...source.matchAll(/useTranslation\(\s*(?:'([^']+)'|\))/g)].map(([, space]) => space ?? 'texts');
    const conditional = [...source.matchAll(/\bt\([^()'`]*\? '([^']+)' : '([^']+)'/g)].flatMap(([, a, b]) => [
      a ?? '',
      b ?? '',
    ]);
    const asked = [...source.matchAll(USED)].map(
      ([, whole, start]) => [whole ?? start ?? '', start !== undefined] as const,
    );
    for (const [name, open] of [...asked, ...conditional.map((key) => [key, false] as const)]) {
      const [space, key] = name.includes(':') ? name.split(':', 2) : [undefined, name];
      const known = space ? [spaces.get(space)] : [...used.map((name) => spaces.get(name)), common];
      const is = (candidate: string) =>
        open ? candidate.startsWith(key ?? '') : candidate === key || candidate.startsWith(`${key}.`);
      if (key && !known.some((texts) => [...(texts?.keys() ?? [])].some(is)))
        missing.push(`${path.slice(ROOT.length)}: ${name}`);
    }
  }
  expect(missing).toEqual([]);
});
