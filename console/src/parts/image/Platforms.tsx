// The images of an index, one for each platform.
import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { Button, type TableColumnType } from 'antd';
import { useTranslation } from 'react-i18next';
import { api, data } from '@/api/client';
import { useFields, whole } from '@/app/url';
import { type Image, useImageColumns } from '@/parts/images/columns';
import { Again } from '@/parts/Refused';
import { Block } from './Facts';
import type { ImageDetail } from './ImageView';
import { SmallTable } from './SmallTable';

const SHOWN = ['status', 'risk', 'severities', 'kinds', 'size', 'components', 'scanned'];
const FIELDS = { image: whole() };

/** The platforms; one is opened where the index is. */
export function Platforms({ image, inDrawer }: { image: ImageDetail; inDrawer: boolean }) {
  const { t } = useTranslation('image');
  const navigate = useNavigate();
  const [, change] = useFields(FIELDS);
  const known = useImageColumns('none');
  const filter = { parent: image.id };
  const {
    data: page,
    error,
    refetch,
  } = useQuery({
    queryKey: ['images', 'list', filter],
    queryFn: () => data(api.GET('/api/v1/images', { params: { query: { ...filter, limit: 100 } } })),
  });
  if (error) return <Again error={error} again={refetch} />;
  const open = (id: number) => (inDrawer ? change({ image: id }) : void navigate({ to: `/images/${id}` } as never));
  const platform: TableColumnType<Image> = {
    key: 'platform',
    title: t('images:column.platform'),
    width: 150,
    render: (_, row) => (
      <Button type="link" size="small" className="inline-button" onClick={() => open(row.id)}>
        {row.platform ?? row.name}
      </Button>
    ),
  };
  const others = SHOWN.flatMap((key) => known.find((column) => column.key === key) ?? []);
  return (
    <Block title={t('platforms')}>
      <SmallTable<Image>
        rowKey="id"
        loading={!page}
        dataSource={page?.items}
        scroll={{ x: 1150 }}
        columns={[
          platform,
          ...others.map(({ key, title, width, align, render }): TableColumnType<Image> => {
            return { key, title, width: key === 'kinds' ? 250 : width, align, render: (_, row) => render(row) };
          }),
        ]}
        locale={{ emptyText: t('images:noPlatforms') }}
      />
    </Block>
  );
}
