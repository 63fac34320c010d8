// The files of an image: how many, and those that deserve a look.
import { useQuery } from '@tanstack/react-query';
import { Empty, Skeleton, Tag } from 'antd';
import { useTranslation } from 'react-i18next';
import { api, data, type Schemas } from '@/api/client';
import { Help } from '@/parts/Help';
import { Again } from '@/parts/Refused';
import { Bytes, Count, Digest, Name } from '@/parts/Values';
import { Block, Facts } from './Facts';
import { SmallTable } from './SmallTable';

type Entry = Schemas['FileEntry'];

const LISTS = ['set_id', 'world_writable', 'largest'] as const;

/** The tab. */
export function Files({ id }: { id: number }) {
  const { t } = useTranslation('image');
  const {
    data: answer,
    error,
    refetch,
  } = useQuery({
    queryKey: ['images', 'one', id, 'files'],
    queryFn: () => data(api.GET('/api/v1/images/{id}/files', { params: { path: { id } } })),
  });
  if (error) return <Again error={error} again={refetch} />;
  if (!answer) return <Skeleton active />;
  const { files } = answer;
  if (!files) return <Empty description={t('noFiles')} />;
  return (
    <>
      <Facts
        facts={[
          { key: 'count', title: t('fileCount'), value: <Count of={files.count} /> },
          { key: 'directories', title: t('directoryCount'), value: <Count of={files.directories} /> },
          { key: 'size', title: t('fileSize'), value: <Bytes size={files.size} /> },
          {
            key: 'wasted',
            title: t('wasted'),
            value: (
              <>
                <Bytes size={files.wasted} /> <Help text={t('wastedHelp')} term={t('wasted')} />
              </>
            ),
          },
        ]}
      />
      {LISTS.map((list) => (
        <Block key={list} title={`${t(`files.${list}`)} (${files[list].length})`}>
          <p className="quiet">{t(`filesHelp.${list}`)}</p>
          {files[list].length > 0 && <Entries entries={files[list]} />}
        </Block>
      ))}
    </>
  );
}

function Entries({ entries }: { entries: Entry[] }) {
  const { t } = useTranslation('image');
  return (
    <SmallTable<Entry>
      rowKey="path"
      dataSource={entries}
      columns={[
        {
          key: 'path',
          title: t('path'),
          render: (_, entry) => (
            <span className="image-name">
              <Name of={entry.path} />
              {entry.from_base && <Tag>{t('fromBase')}</Tag>}
            </span>
          ),
        },
        {
          key: 'size',
          title: t('images:column.size'),
          width: 110,
          align: 'right',
          render: (_, entry) => <Bytes size={entry.size} />,
        },
        { key: 'mode', title: t('mode'), width: 90, render: (_, entry) => <code>{entry.mode}</code> },
        { key: 'owner', title: t('owner'), width: 120, render: (_, entry) => `${entry.uid}:${entry.gid}` },
        { key: 'layer', title: t('layer'), width: 170, render: (_, entry) => <Digest of={entry.layer} /> },
      ]}
    />
  );
}
