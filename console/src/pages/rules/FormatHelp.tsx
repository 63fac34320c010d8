// How rules of a kind are written.
import { Button, Typography } from 'antd';
import { useTranslation } from 'react-i18next';
import { EXAMPLES, type KINDS } from './kinds';

type Help = { kind: (typeof KINDS)[number]; insert?: (example: string) => void };

/** The help with an example that can be taken over. */
export function FormatHelp({ kind, insert }: Help) {
  const { t } = useTranslation('rules');
  const points = t(`format.${kind}`, { returnObjects: true }) as string[];
  return (
    <aside className="rules-help" aria-label={t('howTo')}>
      <Typography.Title level={2}>{t('howTo')}</Typography.Title>
      <ul>
        {points.map((point) => (
          <li key={point}>{point}</li>
        ))}
      </ul>
      <Typography.Title level={3}>{t('example')}</Typography.Title>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what is wider than its place is scrolled with the keyboard, too */}
      <pre tabIndex={0}>{EXAMPLES[kind]}</pre>
      {insert && (
        <Button size="small" onClick={() => insert(EXAMPLES[kind])}>
          {t('insert')}
        </Button>
      )}
    </aside>
  );
}
