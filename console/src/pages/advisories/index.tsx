// The advisories: how old, from where, how many, what went wrong with them.
import { CloudDownloadOutlined, UploadOutlined } from '@ant-design/icons';
import { Button, Skeleton, Tabs, Upload } from 'antd';
import { useTranslation } from 'react-i18next';
import { useMay } from '@/app/session';
import { one, useFields } from '@/app/url';
import { Cards } from '@/parts/Cards';
import { PageHead } from '@/parts/PageHead';
import { Again } from '@/parts/Refused';
import { Archives } from './Archives';
import { Feeds } from './Feeds';
import { LastUpdate } from './LastUpdate';
import { SettingsForm } from './SettingsForm';
import { type Advisories, isBusy, useAdvisories, useImport, useUpdate } from './useAdvisories';
import './style.css';

const TABS = ['feeds', 'archives', 'settings'] as const;
const FIELDS = { tab: one(TABS) };

/** The page. */
export default function AdvisoriesPage() {
  const { t } = useTranslation('advisories');
  const { data: advisories, error, refetch } = useAdvisories();
  return (
    <div className="page">
      <PageHead title={t('title')} about={t('about')} actions={<Actions busy={isBusy(advisories)} />} />
      {error && <Again error={error} again={refetch} />}
      {!advisories && !error && <Skeleton active />}
      {advisories && <Known advisories={advisories} />}
    </div>
  );
}

function Actions({ busy }: { busy: boolean }) {
  const { t } = useTranslation('advisories');
  const mayUpdate = useMay('operator');
  const mayImport = useMay('administrator');
  const update = useUpdate();
  const take = useImport();
  const question = (file: File) => ({
    title: t('importTitle'),
    content: t('importHelp', { name: file.name }),
    okText: t('import'),
  });
  return (
    <>
      {mayImport && (
        <Upload
          showUploadList={false}
          beforeUpload={(file) => {
            take.ask(file, question(file));
            return false;
          }}
        >
          <Button icon={<UploadOutlined />} loading={take.isPending} disabled={busy}>
            {t('import')}
          </Button>
        </Upload>
      )}
      {mayUpdate && (
        <Button
          type="primary"
          icon={<CloudDownloadOutlined />}
          loading={update.isPending || busy}
          onClick={() => update.act(undefined)}
        >
          {t('update')}
        </Button>
      )}
    </>
  );
}

/** What is known of them: numbers, the last update, and the parts. */
function Known({ advisories }: { advisories: Advisories }) {
  const { t } = useTranslation('advisories');
  const [{ tab = 'feeds' }, change] = useFields(FIELDS);
  const mayChange = useMay('administrator');
  const malformed = advisories.archives.reduce((sum, archive) => sum + archive.malformed, 0);
  const cards = [
    { key: 'advisories', title: t('count'), value: advisories.advisories },
    { key: 'exploited', title: t('exploited'), help: t('exploitedHelp'), value: advisories.known_exploited },
    { key: 'scored', title: t('scored'), help: t('scoredHelp'), value: advisories.scored },
    {
      key: 'malformed',
      title: t('malformed'),
      help: t('malformedHelp'),
      value: malformed,
      tone: 'high' as const,
      choose: () => change({ tab: 'archives' }),
    },
  ];
  const items = [
    { key: 'feeds', label: t('feeds'), children: <Feeds advisories={advisories} /> },
    {
      key: 'archives',
      label: `${t('archives')} (${advisories.archives.length})`,
      children: <Archives archives={advisories.archives} />,
    },
    {
      key: 'settings',
      label: t('settings'),
      children: <SettingsForm settings={advisories.settings} mayChange={mayChange} />,
    },
  ];
  return (
    <>
      <Cards cards={cards} />
      <LastUpdate advisories={advisories} />
      <Tabs activeKey={tab} items={items} onChange={(key) => change({ tab: TABS.find((known) => known === key) })} />
    </>
  );
}
