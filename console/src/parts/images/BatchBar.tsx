// What can be done with the images that are picked.
import { useQuery } from '@tanstack/react-query';
import { App, Button, Tooltip } from 'antd';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { api, data } from '@/api/client';
import { useAct } from '@/parts/act';
import { asked, type Picker } from '@/parts/table/selection';
import type { Filter } from './filters';
import { useCancel } from './useCancel';

type Bar = {
  picker: Picker;
  total: number | undefined;
  filter: Filter;
  /** Opens the dialogs for what is picked; decisions name images, so they need rows. */
  scan: (again: boolean) => void;
  exportThem: () => void;
  decide: () => void;
  more?: ReactNode;
};

/** The bar that appears once something is picked. */
export function BatchBar({ picker, total, filter, scan, exportThem, decide, more }: Bar) {
  const { t } = useTranslation('images');
  const { message } = App.useApp();
  const count = picker.count(total) ?? 0;
  const body = asked(picker.selection, filter);
  const cancel = useCancel();
  const authorise = useAct((images: typeof body) => data(api.POST('/api/v1/authorisation', { body: images })), {
    changes: ['images'],
    done: (told) => void message.success(t('authorised', { count: told.authorised, refused: told.refused })),
  });
  const enabled = useQuery({
    queryKey: ['authorisation'],
    queryFn: () => data(api.GET('/api/v1/authorisation')),
    enabled: picker.some,
  }).data?.enabled;
  if (!picker.some) return null;
  return (
    <section className="batch" aria-label={t('batch')}>
      <strong>{t('pickedCount', { count })}</strong>
      {!picker.selection.all && (
        <Button type="link" size="small" onClick={picker.pickAll}>
          {t('pickAll', { count: total ?? 0 })}
        </Button>
      )}
      <Button type="link" size="small" onClick={picker.clear}>
        {t('clear')}
      </Button>
      <span className="grow" />
      <Button type="primary" onClick={() => scan(false)}>
        {t('scan')}
      </Button>
      <Button onClick={() => scan(true)}>{t('rescan')}</Button>
      <Button
        onClick={() =>
          cancel.ask(body, {
            title: t('cancelTitle'),
            content: t('cancelHelp', { count }),
            okText: t('cancelScan'),
          })
        }
      >
        {t('cancelScan')}
      </Button>
      {enabled && (
        <Button
          onClick={() =>
            authorise.ask(body, {
              title: t('authoriseTitle'),
              content: t('authoriseHelp', { count }),
              okText: t('authorise'),
            })
          }
        >
          {t('authorise')}
        </Button>
      )}
      <Button onClick={exportThem}>{t('export')}</Button>
      <Tooltip title={picker.selection.all && t('ignoreRows')}>
        <Button disabled={picker.selection.all} onClick={decide}>
          {t('ignore')}
        </Button>
      </Tooltip>
      {more}
    </section>
  );
}
