// The images of a name that stands for several platforms, below it.
import { useQuery } from '@tanstack/react-query';
import { Table, type TableProps } from 'antd';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { api, data } from '@/api/client';
import { Again } from '@/parts/Refused';
import type { Column } from '@/parts/table/columns';
import { isControl } from '@/parts/table/QueryTable';
import type { Image } from './columns';

const SHOWN = ['platform', 'status', 'risk', 'severities', 'kinds', 'size', 'components', 'scanned', 'digest'];

type Rows = {
  columns: Column<Image>[];
  open: (image: Image) => void;
  /** What can be done with each platform. */
  actions?: (image: Image) => ReactNode;
};

/** How rows of several platforms open. */
export function useChildren(wanted: boolean, rows: Rows): TableProps<Image>['expandable'] {
  if (!wanted) return undefined;
  return {
    rowExpandable: (image) => image.multiple,
    expandedRowRender: (image) => <Children parent={image.id} {...rows} />,
    showExpandColumn: true,
    columnWidth: 36,
    fixed: true,
  };
}

function Children({ parent, columns, open, actions }: Rows & { parent: number }) {
  const { t } = useTranslation('images');
  const filter = { parent };
  const {
    data: images,
    error,
    refetch,
  } = useQuery({
    queryKey: ['images', 'list', filter],
    queryFn: () => data(api.GET('/api/v1/images', { params: { query: { parent, limit: 100 } } })),
  });
  if (error) return <Again error={error} again={refetch} />;
  const shown = SHOWN.flatMap((key) => columns.find((column) => column.key === key) ?? []);
  return (
    <Table<Image>
      size="small"
      rowKey="id"
      loading={!images}
      pagination={false}
      dataSource={images?.items}
      columns={[
        ...shown.map((column) => ({
          key: column.key,
          title: column.title,
          width: column.width,
          align: column.align,
          render: (_: unknown, row: Image) => column.render(row),
        })),
        ...(actions
          ? [
              {
                key: 'actions',
                title: t('operations'),
                width: 92,
                render: (_: unknown, row: Image) => <span className="row-actions">{actions(row)}</span>,
              },
            ]
          : []),
      ]}
      locale={{ emptyText: t('noPlatforms') }}
      onRow={(image) => ({
        onClick: (event) => !isControl(event.target) && open(image),
        className: 'row-opens',
      })}
    />
  );
}
