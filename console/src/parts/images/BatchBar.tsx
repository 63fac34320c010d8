// What can be done with the images that are picked.
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { App, Button, Tooltip } from 'antd';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { api, data } from '@/api/client';
import { useWords } from '@/parts/Refused';
import { asked, type Picker } from '@/parts/table/selection';
import type { Filter } from './filters';

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
  const { modal, message } = App.useApp();
  const client = useQueryClient();
  const words = useWords();
  const count = picker.count(total) ?? 0;
  const body = asked(picker.selection, filter);
  const failed = (error: unknown) => {
    const { title, detail } = words(error);
    message.error(detail ?? title);
  };
  const cancel = useMutation({
    mutationFn: () => data(api.POST('/api/v1/scans/cancel', { body })),
    onSuccess: (told) => {
      // What it gives back waits until the message is gone, which no question has to.
      message.success(t('cancelled', { count: told.given_up }));
    },
    onError: failed,
    onSettled: () => client.invalidateQueries({ queryKey: ['images'] }),
  });
  const authorise = useMutation({
    mutationFn: () => data(api.POST('/api/v1/authorisation', { body })),
    onSuccess: (told) => {
      message.success(t('authorised', { count: told.authorised, refused: told.refused }));
    },
    onError: failed,
    onSettled: () => client.invalidateQueries({ queryKey: ['images'] }),
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
          modal.confirm({
            title: t('cancelTitle'),
            content: t('cancelHelp', { count }),
            onOk: () => cancel.mutateAsync(),
          })
        }
      >
        {t('cancelScan')}
      </Button>
      {enabled && (
        <Button
          onClick={() =>
            modal.confirm({
              title: t('authoriseTitle'),
              content: t('authoriseHelp', { count }),
              onOk: () => authorise.mutateAsync(),
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
