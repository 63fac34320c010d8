// The feeds: which are fetched.
import { App, Switch, Table, type TableColumnsType, Tag } from 'antd';
import { useTranslation } from 'react-i18next';
import type { Schemas } from '@/api/client';
import { useMay } from '@/app/session';
import { useAct } from '@/parts/act';
import { Name } from '@/parts/Values';
import { type Advisories, putSettings } from './useAdvisories';

type Feed = Schemas['AdvisoryFeed'];

/** The records of OSV are no feed to the interface, but one more to people. */
const OSV = 'osv';

/** The list. */
export function Feeds({ advisories }: { advisories: Advisories }) {
  const { t } = useTranslation('advisories');
  const { message } = App.useApp();
  const mayChange = useMay('administrator');
  const { settings, feeds } = advisories;
  const save = useAct(putSettings, {
    changes: ['advisories'],
    done: () => void message.success(t('savedFeeds')),
  });
  const choose = (name: string, chosen: boolean) => {
    if (name === OSV) return save.act({ ...settings, osv: chosen });
    const names = feeds.filter((feed) => (feed.name === name ? chosen : feed.chosen)).map((feed) => feed.name);
    return save.act({ ...settings, feeds: names });
  };
  const osv: Feed = { name: OSV, title: t('osv'), default: true, chosen: settings.osv, ecosystems: [] };
  const columns: TableColumnsType<Feed> = [
    {
      key: 'chosen',
      title: t('fetched'),
      width: 90,
      render: (_, feed) => (
        <Switch
          size="small"
          checked={feed.chosen}
          disabled={!mayChange || save.isPending}
          aria-label={feed.title}
          onChange={(chosen) => choose(feed.name, chosen)}
        />
      ),
    },
    { key: 'title', title: t('feed'), width: 360, render: (_, feed) => <Name of={feed.title} strong /> },
    { key: 'default', title: t('usual'), width: 110, render: (_, feed) => feed.default && <Tag>{t('default')}</Tag> },
    {
      key: 'ecosystems',
      title: t('ecosystems'),
      render: (_, feed) => <Name of={feed.name === OSV ? t('osvEcosystems') : feed.ecosystems.join(', ')} />,
    },
  ];
  return (
    <div className="list">
      <Table<Feed>
        size="small"
        rowKey="name"
        columns={columns}
        dataSource={[osv, ...feeds]}
        pagination={false}
        tableLayout="fixed"
        scroll={{ x: 820 }}
      />
    </div>
  );
}
