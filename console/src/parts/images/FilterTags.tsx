// The filters of a list of images that nothing else shows: each in words, let go by its cross.
import { useQuery } from '@tanstack/react-query';
import { Tag } from 'antd';
import { useTranslation } from 'react-i18next';
import { api, data } from '@/api/client';
import { full } from '@/parts/Values';
import { visible } from '@/parts/visible';
import { FIELDS, type Wanted } from './filters';

type Key = keyof Wanted;

/** What is no filter. */
const ORDER: readonly string[] = ['sort', 'descending'];

/** What a number stands for, asked of the server. */
const NAMES: Partial<Record<Key, (id: number) => Promise<string>>> = {
  host: async (id) => (await data(api.GET('/api/v1/hosts/{id}', { params: { path: { id } } }))).name,
  engine: async (id) => {
    const { kind, host } = await data(api.GET('/api/v1/engines/{id}', { params: { path: { id } } }));
    return `${kind} · ${host}`;
  },
  project: async (id) => (await data(api.GET('/api/v1/projects/{id}', { params: { path: { id } } }))).name,
};

type Row = {
  wanted: Wanted;
  /** Those that are shown elsewhere. */
  shown: readonly string[];
  change: (wanted: Wanted) => void;
};

/** The tags. */
export function FilterTags({ wanted, shown, change }: Row) {
  const { t } = useTranslation('images');
  const keys = (Object.keys(FIELDS) as Key[]).filter(
    (key) => wanted[key] !== undefined && !ORDER.includes(key) && !shown.includes(key),
  );
  return keys.map((key) => (
    <Tag
      key={key}
      className="filter-tag"
      closable={{ 'aria-label': t('dropFilter', { name: t(`field.${key}`) }) }}
      onClose={() => change({ [key]: undefined })}
    >
      {t('filterName', { name: t(`field.${key}`) })}
      <Value of={key} value={wanted[key]} />
    </Tag>
  ));
}

/** What a filter is set to. */
function Value({ of, value }: { of: Key; value: Wanted[Key] }) {
  const { t, i18n } = useTranslation('images');
  if (typeof value === 'boolean') return t(value ? 'yes' : 'no');
  if (typeof value !== 'number') return <bdi>{visible([value].flat().join(', '))}</bdi>;
  if (/_(since|until)$/.test(of)) return full(value, i18n.language);
  return <Numbered of={of} id={value} />;
}

/** What a number stands for, by its name as soon as that is known. */
function Numbered({ of, id }: { of: Key; id: number }) {
  const name = NAMES[of];
  const { data: told } = useQuery({
    queryKey: ['names', of, id],
    queryFn: () => name?.(id) ?? '',
    enabled: name !== undefined,
  });
  return <bdi>{visible(told || `#${id}`)}</bdi>;
}
