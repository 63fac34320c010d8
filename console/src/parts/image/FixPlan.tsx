// What to do to mend an image: which packages to upgrade, and what a newer base image brings.
import { useQuery } from '@tanstack/react-query';
import { Button, Tag, Tooltip } from 'antd';
import { useTranslation } from 'react-i18next';
import { api, data, type Schemas } from '@/api/client';
import { text, useFields } from '@/app/url';
import { Again } from '@/parts/Refused';
import { SEVERITIES, SeverityBar } from '@/parts/Severity';
import { Name } from '@/parts/Values';
import { visible } from '@/parts/visible';
import { Block } from './Facts';
import type { ImageDetail } from './ImageView';
import { SmallTable } from './SmallTable';
import { OPEN, packed } from './within';

type Upgrade = Schemas['Upgrade'];

const sum = (counts: Schemas['SeverityCounts']) => SEVERITIES.reduce((total, severity) => total + counts[severity], 0);

/** The plan. */
export function FixPlan({ image }: { image: ImageDetail }) {
  const { t } = useTranslation('image');
  const {
    data: plan,
    error,
    refetch,
  } = useQuery({
    queryKey: ['images', 'one', image.id, 'fix-plan'],
    queryFn: () => data(api.GET('/api/v1/images/{id}/fix-plan', { params: { path: { id: image.id } } })),
  });
  if (error) return <Again error={error} again={refetch} />;
  const unfixable = plan ? sum(plan.unfixable) : 0;
  return (
    <Block title={t('fixPlan')} more={<span className="quiet">{t('fixPlanHelp')}</span>}>
      {plan?.base && (
        <div className="note">
          {t('baseUpgrade', { count: sum(plan.base.severities), packages: plan.base.packages })}
          <SeverityBar counts={plan.base.severities} />
        </div>
      )}
      <Upgrades upgrades={plan?.upgrades} />
      {unfixable > 0 && <p className="quiet">{t('unfixable', { count: unfixable })}</p>}
    </Block>
  );
}

function Upgrades({ upgrades }: { upgrades: Upgrade[] | undefined }) {
  const { t } = useTranslation('image');
  return (
    <SmallTable<Upgrade>
      rowKey={(upgrade) => `${upgrade.type} ${upgrade.package} ${upgrade.from} ${upgrade.paths[0] ?? ''}`}
      loading={!upgrades}
      dataSource={upgrades}
      scroll={{ x: 860 }}
      locale={{ emptyText: t('nothingToUpgrade') }}
      columns={[
        { key: 'package', title: t('package'), render: (_, upgrade) => <PackageName upgrade={upgrade} /> },
        { key: 'from', title: t('installed'), width: 170, render: (_, upgrade) => <Name of={upgrade.from} /> },
        {
          key: 'to',
          title: t('upgradeTo'),
          width: 190,
          render: (_, upgrade) => (
            <Tooltip title={upgrade.certain ? undefined : t('notCertain')}>
              <bdi dir="ltr" className="name name-strong">
                {upgrade.certain ? '' : '≥ '}
                {visible(upgrade.to)}
              </bdi>
            </Tooltip>
          ),
        },
        {
          key: 'severities',
          title: t('removes'),
          width: 200,
          render: (_, upgrade) => <SeverityBar counts={upgrade.severities} />,
        },
        { key: 'vulnerabilities', title: t('which'), width: 220, render: (_, upgrade) => <Which upgrade={upgrade} /> },
      ]}
    />
  );
}

function PackageName({ upgrade }: { upgrade: Upgrade }) {
  const { t } = useTranslation('image');
  return (
    <span className="image-name">
      <Name of={upgrade.package} strong />
      <Tag>{upgrade.type}</Tag>
      {upgrade.from_base && <Tag>{t('fromBase')}</Tag>}
      {upgrade.exploited > 0 && <Tag color="red">{t('exploited')}</Tag>}
    </span>
  );
}

const WITHIN = { search: text() };

/** The vulnerabilities that go: the first by name, all of them behind it. */
function Which({ upgrade }: { upgrade: Upgrade }) {
  const { t } = useTranslation('image');
  const [, setOpen] = useFields(OPEN);
  const [first] = upgrade.vulnerabilities;
  const more = upgrade.vulnerabilities.length - 1;
  return (
    <Button
      type="link"
      size="small"
      className="inline-button"
      onClick={() => setOpen({ tab: 'vulnerabilities', within: packed(WITHIN, { search: upgrade.package }) })}
    >
      {first} {more > 0 && t('andMore', { count: more })}
    </Button>
  );
}
