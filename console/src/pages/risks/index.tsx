// What is wrong across images: each risk once, with how many images, containers and hosts have it.
import { Empty } from 'antd';
import { useTranslation } from 'react-i18next';
import { useFields } from '@/app/url';
import { type Card, Cards } from '@/parts/Cards';
import { useSummary } from '@/parts/images/cards';
import { KINDS } from '@/parts/images/filters';
import { PageHead } from '@/parts/PageHead';
import { TabBar } from '@/parts/tabs/TabBar';
import { ByImage } from './ByImage';
import { FIELDS, SOURCES, type Wanted } from './fields';
import { RiskList } from './RiskList';

/** The page. */
export default function Risks() {
  const { t } = useTranslation('risks');
  const [wanted, change] = useFields(FIELDS);
  const kind = wanted.kind ?? 'vulnerabilities';
  const { data: sums } = useSummary(wanted.source ?? [...SOURCES]);
  const cards = useCards(wanted, change, sums);
  return (
    <div className="page">
      <PageHead
        title={t('title')}
        about={t('about')}
        guide={t('guideSteps', { returnObjects: true })}
        actions={<ByImage wanted={wanted} />}
      />
      <Cards cards={cards} />
      <TabBar
        name={t('kindsName')}
        chosen={kind}
        choose={(next) => {
          change({
            kind: next === 'vulnerabilities' ? undefined : next,
            fixable: undefined,
            exploited: undefined,
            sort: undefined,
          });
        }}
        tabs={KINDS.map((key) => ({
          key,
          title: t(`kind.${key}`),
          children: (
            <RiskList
              kind={key}
              wanted={wanted}
              change={change}
              empty={<Empty description={t(Object.keys(wanted).length > 0 ? 'image:nothingFits' : 'empty')} />}
            />
          ),
        }))}
      />
    </div>
  );
}

type Sums = ReturnType<typeof useSummary>['data'];

/** The numbers above: findings in all images from there, each of which is a filter. */
function useCards(wanted: Wanted, change: (wanted: Wanted) => void, sums: Sums): Card[] {
  const { t } = useTranslation('risks');
  const none: Wanted = {
    kind: undefined,
    severity: undefined,
    state: undefined,
    fixable: undefined,
    exploited: undefined,
    has_containers: undefined,
    search: undefined,
    sort: undefined,
  };
  const { source: _source, sort: _sort, ...filter } = wanted;
  const card = (key: string, value: number | undefined, sets: Wanted, tone: Card['tone'] = 'plain'): Card => ({
    key,
    title: t(`card.${key}`),
    value,
    tone,
    chosen: JSON.stringify(filter) === JSON.stringify(sets),
    choose: () => change({ ...none, ...sets }),
  });
  return [
    card('vulnerabilities', sums?.vulnerabilities, {}),
    card('critical', sums?.critical, { severity: ['critical'] }, 'critical'),
    card('exploited', sums?.exploited, { exploited: true }, 'critical'),
    card('fixable', sums?.fixable, { fixable: true }),
    card('malware', sums?.malware, { kind: 'malware' }, 'critical'),
    card('secrets', sums?.secrets, { kind: 'secrets' }, 'high'),
    card('baseline', sums?.baseline, { kind: 'baseline' }),
  ];
}
