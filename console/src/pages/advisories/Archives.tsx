// What came of each archive of advisories.
import { Empty, Table, type TableColumnsType } from 'antd';
import { useTranslation } from 'react-i18next';
import type { Schemas } from '@/api/client';
import { Count, Name, Time } from '@/parts/Values';

type Archive = Schemas['AdvisoryArchive'];

/** The list; what could not be read opens below its archive. */
export function Archives({ archives }: { archives: Archive[] }) {
  const { t } = useTranslation('advisories');
  const counted = (key: 'records' | 'stored' | 'withdrawn' | 'malformed') => ({
    key,
    title: t(key === 'malformed' ? 'malformed' : `archive.${key}`),
    width: 120,
    align: 'right' as const,
    sorter: (a: Archive, b: Archive) => a[key] - b[key],
    render: (_: unknown, archive: Archive) =>
      key === 'malformed' && archive.malformed > 0 ? (
        <span className="tone-high">
          <Count of={archive.malformed} />
        </span>
      ) : (
        <Count of={archive[key]} />
      ),
  });
  const columns: TableColumnsType<Archive> = [
    {
      key: 'name',
      title: t('archive.name'),
      width: 280,
      sorter: (a, b) => a.name.localeCompare(b.name),
      render: (_, archive) => <Name of={archive.name} strong />,
    },
    counted('records'),
    counted('stored'),
    counted('withdrawn'),
    counted('malformed'),
    { key: 'read', title: t('archive.read'), width: 140, render: (_, archive) => <Time at={archive.read} /> },
  ];
  return (
    <div className="list">
      <Table<Archive>
        size="small"
        rowKey="name"
        columns={columns}
        dataSource={archives}
        pagination={false}
        tableLayout="fixed"
        scroll={{ x: 900 }}
        showSorterTooltip={false}
        locale={{ emptyText: <Empty description={t('noArchives')} /> }}
        expandable={{
          rowExpandable: (archive) => archive.errors.length > 0,
          expandedRowRender: (archive) => (
            <ul className="advisory-errors">
              {archive.errors.map((error) => (
                <li key={error} className="wrap">
                  {error}
                </li>
              ))}
            </ul>
          ),
        }}
      />
    </div>
  );
}
