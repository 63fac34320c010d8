// Chinese and English: each folder keeps its own texts, and a language is loaded whole the first time it is wanted.
import type { Locale } from 'antd/es/locale';
import enUS from 'antd/es/locale/en_US';
import i18next from 'i18next';
import { initReactI18next } from 'react-i18next';
import type { Schemas } from '@/api/client';
import { isolated } from '@/parts/visible';

/** The languages there are. */
export const LANGUAGES = ['en', 'zh'] as const;
export type Language = (typeof LANGUAGES)[number];

type Texts = Record<string, unknown>;

const english = import.meta.glob<Texts>('./**/en.json', { import: 'default' });
const chinese = import.meta.glob<Texts>('./**/zh.json', { import: 'default' });
const FILES = { en: english, zh: chinese };

/** The words that the components of antd bring themselves; the English ones are in them anyway. */
const COMPONENTS: Partial<Record<string, Locale>> = { en: enUS };

/** The words of the components in a language that was loaded. */
export function componentWords(language: string): Locale {
  return COMPONENTS[language] ?? enUS;
}

/** The name that the texts of a file are known by: that of its folder. */
export function namespace(path: string): string {
  return path.split('/').at(-2) ?? '';
}

async function load(language: Language): Promise<void> {
  if (i18next.hasResourceBundle(language, 'texts')) return;
  const files = Object.entries(FILES[language]).map(async ([path, read]) => {
    i18next.addResourceBundle(language, namespace(path), await read());
  });
  if (language === 'zh') COMPONENTS.zh = (await import('./app/chinese')).default;
  await Promise.all(files);
}

/** The language of the browser, or what was chosen here before. */
export function preferred(): Language {
  const kept = localStorage.getItem('lazaret.language');
  if (kept === 'en' || kept === 'zh') return kept;
  return navigator.languages.some((language) => language.toLowerCase().startsWith('zh')) ? 'zh' : 'en';
}

/** Speaks another language from now on. */
export async function speak(language: Language): Promise<void> {
  await load(language);
  await i18next.changeLanguage(language);
  localStorage.setItem('lazaret.language', language);
  document.documentElement.lang = language === 'zh' ? 'zh-CN' : 'en';
}

/** What is put into sentences is somebody's name: React keeps it from being markup, this from turning the sentence. */
export const INTERPOLATION = { escapeValue: true, escape: isolated };

/** Begins with the language that is preferred. */
export async function begin(): Promise<void> {
  await i18next.use(initReactI18next).init({
    lng: preferred(),
    fallbackLng: false,
    defaultNS: 'texts',
    fallbackNS: 'texts',
    resources: {},
    interpolation: INTERPOLATION,
    returnNull: false,
  });
  await speak(preferred());
}

/** A text of the interface in the language that is spoken. */
export function inLanguage(text: Schemas['Text'] | null | undefined, language: string): string {
  if (!text) return '';
  return language === 'zh' ? (text.zh ?? text.en) : text.en;
}
