// The words of the console, as tests look for them: by the same files.
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { Language } from './console';

const ROOT = join(import.meta.dirname, '../src');

type Tree = { [key: string]: string | Tree };

function files(directory: string, name: string): string[] {
  return readdirSync(directory).flatMap((entry) => {
    const path = join(directory, entry);
    if (statSync(path).isDirectory()) return files(path, name);
    return entry === name ? [path] : [];
  });
}

/** The text of a key, `folder:key`, with what stands in its braces; where a number decides the words, by `count`. */
export type Words = (key: string, values?: Record<string, string | number>) => string;

/** All texts of a language. */
export function words(language: Language): Words {
  const all = new Map(
    files(ROOT, `${language}.json`).map((path) => [
      basename(dirname(path)),
      JSON.parse(readFileSync(path, 'utf8')) as Tree,
    ]),
  );
  const plural = new Intl.PluralRules(language);
  const look = (space: string, name: string) =>
    name
      .split('.')
      .reduce<string | Tree | undefined>(
        (tree, part) => (typeof tree === 'object' ? tree[part] : undefined),
        all.get(space),
      );
  return (key, values = {}) => {
    const [space = '', name = ''] = key.split(':', 2);
    const found = look(space, name) ?? look(space, `${name}_${plural.select(Number(values.count))}`);
    if (typeof found !== 'string') throw new Error(`there is no text ${key} in ${language}`);
    return found.replace(/\{\{(\w+)\}\}/g, (_, value: string) => `${values[value] ?? ''}`);
  };
}
