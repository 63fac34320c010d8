// What can be done with an export: fetch its file, delete it.
import { App, Button } from 'antd';
import { useTranslation } from 'react-i18next';
import { api, data, type Schemas } from '@/api/client';
import { useAct } from '@/parts/act';

/** The buttons of a row. */
export function ExportActions({ row }: { row: Schemas['Export'] }) {
  const { t } = useTranslation('exportlist');
  const { message } = App.useApp();
  const remove = useAct((id: number) => data(api.DELETE('/api/v1/exports/{id}', { params: { path: { id } } })), {
    changes: ['exports'],
    done: () => void message.success(t('deleted')),
  });
  const busy = row.state === 'waiting' || row.state === 'running';
  const question = {
    title: t(busy ? 'stopTitle' : 'deleteTitle', { name: row.name }),
    content: t(busy ? 'stopHelp' : 'deleteHelp'),
    okText: t('delete'),
    danger: true,
  };
  return (
    <>
      {row.state === 'done' && (
        <Button type="link" size="small" href={`/api/v1/exports/${row.id}/file`} download={row.file_name}>
          {t('download')}
        </Button>
      )}
      <Button type="link" size="small" danger loading={remove.isPending} onClick={() => remove.ask(row.id, question)}>
        {t('delete')}
      </Button>
    </>
  );
}
