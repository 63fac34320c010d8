// Language and look, chosen anywhere.
import { MoonOutlined, SunOutlined, TranslationOutlined } from '@ant-design/icons';
import { Button, Dropdown, Tooltip } from 'antd';
import { useTranslation } from 'react-i18next';
import { LANGUAGES, type Language, speak } from '@/i18n';
import { useChosenLook } from './look';

const NAMES: Record<Language, string> = { en: 'English', zh: '简体中文' };

/** Chooses the language; `chosen` is told. */
export function LanguageChoice({ chosen }: { chosen?: (language: Language) => void }) {
  const { t, i18n } = useTranslation();
  const choose = (key: string) => {
    const language = LANGUAGES.find((known) => known === key);
    if (!language) return;
    void speak(language);
    chosen?.(language);
  };
  const items = LANGUAGES.map((key) => ({ key, label: <span lang={key}>{NAMES[key]}</span> }));
  return (
    <Dropdown menu={{ items, selectedKeys: [i18n.language], onClick: ({ key }) => choose(key) }} trigger={['click']}>
      <Button type="text" icon={<TranslationOutlined />} aria-label={t('language')}>
        {NAMES[i18n.language as Language]}
      </Button>
    </Dropdown>
  );
}

/** Chooses light or dark. */
export function LookChoice() {
  const { t } = useTranslation();
  const { dark, choose } = useChosenLook();
  const name = dark ? t('light') : t('dark');
  return (
    <Tooltip title={name}>
      <Button
        type="text"
        icon={dark ? <SunOutlined /> : <MoonOutlined />}
        aria-label={name}
        onClick={() => choose(dark ? 'light' : 'dark')}
      />
    </Tooltip>
  );
}
