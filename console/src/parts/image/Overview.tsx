// How it stands with an image: how much of what is wrong, what was checked and when, what could not be, and how to mend it.
import { useQuery } from '@tanstack/react-query';
import { Alert, Button, Empty, Table, Tooltip } from 'antd';
import { useTranslation } from 'react-i18next';
import { api, data } from '@/api/client';
import { some, text, useFields } from '@/app/url';
import { found } from '@/parts/images/columns';
import { KINDS } from '@/parts/images/filters';
import { ALWAYS, OPTIONAL } from '@/parts/images/ScanDialog';
import { SEVERITIES } from '@/parts/Severity';
import { Count, Time, Words } from '@/parts/Values';
import { Block } from './Facts';
import { FixPlan } from './FixPlan';
import type { ImageDetail } from './ImageView';
import { OPEN, packed } from './within';

/** The overview. */
export function Overview({ image }: { image: ImageDetail }) {
  const { t } = useTranslation('image');
  if (!image.scanned) return <Empty description={t('notScanned')} />;
  return (
    <>
      {image.gaps > 0 && <Gaps image={image} />}
      <div className="columns">
        <Block title={t('severities')}>
          <Severities image={image} />
        </Block>
        <Block title={t('kinds')}>
          <Kinds image={image} />
        </Block>
        <Block title={t('checksMade')}>
          <Checks image={image} />
        </Block>
      </div>
      <FixPlan image={image} />
    </>
  );
}

const COLOURS = {
  critical: 'var(--critical)',
  high: 'var(--high)',
  medium: 'var(--medium)',
  low: 'var(--low)',
  negligible: 'var(--negligible)',
  unknown: 'var(--negligible)',
};
const WITHIN = { severity: some(SEVERITIES), search: text() };

function Severities({ image }: { image: ImageDetail }) {
  const { t } = useTranslation('image');
  const [, setOpen] = useFields(OPEN);
  const most = Math.max(1, ...SEVERITIES.map((severity) => image.severities[severity]));
  return (
    <>
      <ul className="bars">
        {SEVERITIES.map((severity) => (
          <li key={severity}>
            <Button
              type="link"
              size="small"
              onClick={() => setOpen({ tab: 'vulnerabilities', within: packed(WITHIN, { severity: [severity] }) })}
            >
              {t(`severity.${severity}`)}
            </Button>
            <span className="bar-track">
              <span
                className="bar-fill"
                style={{ width: `${(100 * image.severities[severity]) / most}%`, background: COLOURS[severity] }}
              />
            </span>
            <Count of={image.severities[severity]} />
          </li>
        ))}
      </ul>
      <p className="quiet">
        {t('fixableOf', { fixable: image.fixable, exploited: image.exploited, ignored: image.ignored })}
      </p>
    </>
  );
}

function Kinds({ image }: { image: ImageDetail }) {
  const { t } = useTranslation('image');
  const [, setOpen] = useFields(OPEN);
  return (
    <ul className="kind-counts">
      {KINDS.map((kind) => (
        <li key={kind}>
          <Button type="link" size="small" onClick={() => setOpen({ tab: kind, within: undefined })}>
            {t(`kind.${kind}`)}
          </Button>
          <span className={found(image, kind) > 0 ? 'strong' : 'quiet'}>
            <Count of={found(image, kind)} />
          </span>
        </li>
      ))}
    </ul>
  );
}

/** Which checks were made, and how old the advisories were. */
function Checks({ image }: { image: ImageDetail }) {
  const { t } = useTranslation('image');
  return (
    <ul className="kind-counts">
      {[...OPTIONAL, ...ALWAYS].map((check) => {
        const made = image.checks[check];
        return (
          <li key={check}>
            <span>
              {t(`check.${check}`)}
              {made?.advisories && (
                <div className="quiet small">
                  {t('advisoriesOf')} <Time at={made.advisories} />
                </div>
              )}
            </span>
            {made ? (
              <Tooltip title={t('madeBy', { tool: made.tool })}>
                <span>
                  <Time at={made.at} />
                </span>
              </Tooltip>
            ) : (
              <span className="quiet">{t('notMade')}</span>
            )}
          </li>
        );
      })}
    </ul>
  );
}

const MOST = 200;

/** What could not be read or decided. */
function Gaps({ image }: { image: ImageDetail }) {
  const { t } = useTranslation('image');
  const { data: gaps } = useQuery({
    queryKey: ['images', 'one', image.id, 'gaps'],
    queryFn: () =>
      data(api.GET('/api/v1/images/{id}/gaps', { params: { path: { id: image.id }, query: { limit: MOST } } })),
  });
  return (
    <Alert
      type="warning"
      showIcon
      className="gaps"
      title={t('gapsTitle', { count: image.gaps })}
      description={
        <details>
          <summary>{t('gapsHelp')}</summary>
          <Table
            size="small"
            rowKey={(gap) => `${gap.what} ${gap.where} ${gap.why}`}
            dataSource={gaps?.items}
            loading={!gaps}
            pagination={(gaps?.items.length ?? 0) > 10 && { pageSize: 10, showSizeChanger: false }}
            columns={[
              {
                key: 'what',
                title: t('gapWhat'),
                width: 130,
                render: (_, gap) => t(`gap.${gap.what}`, { defaultValue: gap.what }),
              },
              { key: 'where', title: t('gapWhere'), render: (_, gap) => <Words of={gap.where} /> },
              { key: 'why', title: t('gapWhy'), render: (_, gap) => <Words of={gap.why} /> },
            ]}
          />
        </details>
      }
    />
  );
}
