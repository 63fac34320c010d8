// What was switched and is not kept yet.
import { App, Button } from 'antd';
import { useTranslation } from 'react-i18next';
import { useAct } from '@/parts/act';
import { type Changed, replace, useHolding, useTellChanged } from './useRules';

type Bar = { wanted: ReadonlyMap<string, boolean>; clear: () => void };

/** The list of what is switched off, with the changes. */
export function switched(content: string, wanted: ReadonlyMap<string, boolean>): string {
  const kept = content.split('\n').filter((line) => wanted.get(line.trim()) !== true);
  const known = new Set(kept.map((line) => line.trim()));
  const off = [...wanted].flatMap(([id, on]) => (on || known.has(id) ? [] : [id]));
  const text = [...kept, ...off].join('\n').replace(/^\n+/, '').trimEnd();
  return text ? `${text}\n` : '';
}

/** The bar that appears once something was switched. */
export function SwitchBar({ wanted, clear }: Bar) {
  const { t } = useTranslation('rules');
  const { message } = App.useApp();
  const tell = useTellChanged();
  const holding = useHolding('disabled', wanted.size > 0);
  const off = [...wanted.values()].filter((on) => !on).length;
  const counts = { off, on: wanted.size - off };
  const save = useAct<void, Changed | undefined>(
    async () => {
      if (!holding.data) return undefined;
      const content = switched(holding.data.content, wanted);
      return replace('disabled', { content, remark: t('switchRemark', counts), replaces: holding.data.version });
    },
    {
      changes: ['rules'],
      done: (changed) => {
        if (!changed) return void message.error(t('broken'));
        clear();
        tell(changed);
      },
    },
  );
  if (wanted.size === 0) return null;
  const question = { title: t('switchTitle'), content: t('switchHelp', counts), okText: t('save') };
  return (
    <section className="batch" aria-label={t('switches')}>
      <strong>{t('switchCount', counts)}</strong>
      <span className="grow" />
      <Button onClick={clear}>{t('discard')}</Button>
      <Button
        type="primary"
        disabled={!holding.data}
        loading={save.isPending}
        onClick={() => save.ask(undefined, question)}
      >
        {t('save')}
      </Button>
    </section>
  );
}
