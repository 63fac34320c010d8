// The images that fail the check of base images.
import { useNavigate } from '@tanstack/react-router';
import { Empty } from 'antd';
import { useTranslation } from 'react-i18next';
import { api, data, type Schemas } from '@/api/client';
import { inLanguage } from '@/i18n';
import { type Card, Cards } from '@/parts/Cards';
import { type Image, useImageColumns } from '@/parts/images/columns';
import type { Filter } from '@/parts/images/filters';
import { SearchBox } from '@/parts/SearchBox';
import type { Column } from '@/parts/table/columns';
import { QueryTable } from '@/parts/table/QueryTable';

type Failures = {
  /** What is wrong across images, one for each way to fail. */
  risks: Schemas['Risk'][] | undefined;
  /** The one whose images are shown; all when it is left out. */
  rule: string | undefined;
  choose: (rule: string | undefined) => void;
  /** Part of the names of images. */
  search: string | undefined;
  seek: (search: string | undefined) => void;
  /** How many base images are approved. */
  approved: number | undefined;
};

const SHOWN = ['name', 'kind', 'status', 'risk', 'severities', 'os', 'size', 'scanned'];
const TONES: Partial<Record<Schemas['Severity'], Card['tone']>> = { critical: 'critical', high: 'high' };

/** The ways to fail as numbers, and the images below. */
export function Failing({ risks, rule, choose, search, seek, approved }: Failures) {
  const { t, i18n } = useTranslation('bases');
  const navigate = useNavigate();
  const filter: Filter = { has: ['base-image'], ...(rule ? { rule } : {}), ...(search ? { search } : {}) };
  const images = (risks ?? [])
    .filter((risk) => !rule || risk.rule === rule)
    .reduce((sum, risk) => sum + risk.images, 0);
  // A search finds some of them, and how many is not told.
  const total = risks && !search ? { total: images, exact: true } : undefined;
  const cards = (risks ?? []).map(
    (risk): Card => ({
      key: risk.rule,
      title: inLanguage(risk.title, i18n.language),
      value: risk.images,
      tone: TONES[risk.severity] ?? 'plain',
      chosen: risk.rule === rule,
      choose: () => choose(risk.rule === rule ? undefined : risk.rule),
    }),
  );
  const empty = search ? t('images:nothingFits') : approved === 0 ? t('nothingApproved') : t('noneFails');
  return (
    <>
      {cards.length > 0 && (
        <div className="few-cards">
          <Cards cards={cards} />
        </div>
      )}
      <QueryTable<Image>
        name="bases.failing"
        queryKey={['images', 'list', filter]}
        load={(page) => data(api.GET('/api/v1/images', { params: { query: { ...filter, ...page } } }))}
        total={total}
        toolbar={
          <div className="filters">
            <SearchBox
              fields={[{ key: 'search', title: t('images:field.search'), hint: t('images:hint.search') }]}
              values={{ search }}
              search={(wanted) => seek(wanted.search)}
            />
          </div>
        }
        columns={useColumns()}
        rowKey={(image) => image.id}
        open={(image) => void navigate({ to: '/images/$id' as '/', params: { id: `${image.id}` } as never })}
        empty={<Empty description={<span className="empty">{empty}</span>} />}
      />
    </>
  );
}

/** The columns of image lists that say something here, and where an image is from. */
function useColumns(): Column<Image>[] {
  const { t } = useTranslation('bases');
  const all = useImageColumns('none');
  const kind: Column<Image> = {
    key: 'kind',
    title: t('from'),
    width: 120,
    render: (image) => t(`imageKind.${image.kind}`),
  };
  return SHOWN.flatMap((key) => (key === 'kind' ? kind : (all.find((column) => column.key === key) ?? [])));
}
