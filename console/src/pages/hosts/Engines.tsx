// The engines of one host, below it.
import { useQuery } from '@tanstack/react-query';
import { Table } from 'antd';
import { useTranslation } from 'react-i18next';
import { api, data, type Schemas } from '@/api/client';
import { Again } from '@/parts/Refused';
import { useEngineColumns } from './columns';

/** The small table. */
export function Engines({ host }: { host: number }) {
  const { t } = useTranslation('hosts');
  const columns = useEngineColumns(false);
  const {
    data: engines,
    error,
    refetch,
  } = useQuery({
    queryKey: ['engines', 'list', 'of', host],
    queryFn: () => data(api.GET('/api/v1/engines', { params: { query: { host, limit: 100 } } })),
  });
  if (error) return <Again error={error} again={refetch} />;
  return (
    <Table<Schemas['Engine']>
      size="small"
      tableLayout="fixed"
      rowKey="id"
      loading={!engines}
      pagination={false}
      dataSource={engines?.items}
      columns={columns.map((column) => ({
        key: column.key,
        title: column.title,
        width: column.width,
        align: column.align,
        render: (_, engine) => column.render(engine),
      }))}
      locale={{ emptyText: t('noEngine') }}
    />
  );
}
