// The images that have the packages that were searched for.
import { Empty } from 'antd';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { api, data, type Schemas } from '@/api/client';
import { text } from '@/app/url';
import { Block } from '@/parts/image/Facts';
import { ImageLink } from '@/parts/image/links';
import type { PACKAGE_TYPES } from '@/parts/image/packageTypes';
import { packed } from '@/parts/image/within';
import type { Column } from '@/parts/table/columns';
import { QueryTable } from '@/parts/table/QueryTable';
import { ImageName, Name } from '@/parts/Values';

type Row = Schemas['ComponentImage'];
type Searched = { name: string; version?: string; type?: (typeof PACKAGE_TYPES)[number] };

const SEARCHED = { search: text() };

/** The list. */
export function ComponentImages(searched: Searched) {
  const { t } = useTranslation('components');
  const columns = useColumns();
  return (
    <Block title={t('imagesWith')}>
      <QueryTable<Row>
        name="components.images"
        queryKey={['images', 'components', 'images', searched]}
        load={(page) => data(api.GET('/api/v1/components/images', { params: { query: { ...searched, ...page } } }))}
        columns={columns}
        rowKey={(row) => `${row.image} ${row.type} ${row.package} ${row.version} ${row.path}`}
        empty={<Empty description={t('noImages')} />}
      />
    </Block>
  );
}

function useColumns(): Column<Row>[] {
  const { t } = useTranslation('components');
  return useMemo(
    () => [
      {
        key: 'image',
        title: t('images:column.name'),
        width: 380,
        pinned: true,
        render: (row) => <TheImage row={row} />,
      },
      {
        key: 'source',
        title: t('risks:source'),
        width: 110,
        render: ({ source }) => t(`imageKind.${source}`, { defaultValue: source }),
      },
      { key: 'package', title: t('name'), width: 230, render: (row) => <Name of={row.package} strong /> },
      { key: 'version', title: t('version'), width: 160, render: (row) => <Name of={row.version} /> },
      { key: 'type', title: t('type'), width: 90, render: (row) => row.type },
      { key: 'path', title: t('image:path'), width: 260, render: (row) => <Name of={row.path} /> },
      {
        key: 'containers',
        title: t('images:column.containers'),
        help: t('images:column.containersHelp'),
        width: 110,
        align: 'right',
        render: (row) => (
          <span className="number">
            {row.running} / {row.containers}
          </span>
        ),
      },
    ],
    [t],
  );
}

/** The name of the image, which leads to the package in it. */
function TheImage({ row }: { row: Row }) {
  return (
    <ImageLink id={row.image} tab="software" within={packed(SEARCHED, { search: row.package })}>
      <ImageName of={row.name} />
    </ImageLink>
  );
}
