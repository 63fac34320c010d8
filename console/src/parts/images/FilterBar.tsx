// The filters above a list of images.
import { Button, Checkbox } from 'antd';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { SeveralOf } from '@/parts/Choice';
import { SearchBox } from '@/parts/SearchBox';
import { FilterTags } from './FilterTags';
import { FIELDS, KINDS, RISKS, STATUSES, type Wanted } from './filters';

/** What can be searched in lists of images from there. */
const SEARCHED = {
  local: [
    'search',
    'name',
    'repository',
    'tag',
    'digest',
    'container',
    'pod',
    'host_name',
    'vulnerability',
    'component',
    'distribution',
    'platform',
  ],
  registry: [
    'search',
    'name',
    'repository',
    'tag',
    'digest',
    'namespace',
    'registry_name',
    'vulnerability',
    'component',
    'distribution',
    'platform',
  ],
  none: ['search', 'name', 'digest', 'vulnerability', 'component', 'distribution', 'platform'],
} as const;

/** The filters that stand above lists of images from there, beside what is searched. */
const ALWAYS = ['kind', 'status', 'risk', 'has', 'focus', 'latest'];
const SHOWN = {
  local: ALWAYS,
  registry: [...ALWAYS, 'registry', 'registry_kind', 'authorised'],
  none: ALWAYS,
};

type Bar = { of: keyof typeof SEARCHED; wanted: Wanted; change: (wanted: Wanted) => void; more?: ReactNode };

/** The bar. */
export function FilterBar({ of, wanted, change, more }: Bar) {
  const { t } = useTranslation('images');
  const fields = SEARCHED[of].map((key) => ({ key, title: t(`field.${key}`), hint: t(`hint.${key}`) }));
  const values = Object.fromEntries(SEARCHED[of].map((key) => [key, wanted[key]]));
  const searched = SEARCHED[of].find((key) => wanted[key] !== undefined);
  const filtered = Object.keys(wanted).some((key) => key !== 'sort' && key !== 'descending');
  const none = Object.fromEntries(Object.keys(FIELDS).map((key) => [key, undefined]));
  return (
    <div className="filters">
      <SearchBox fields={fields} values={values} search={change} />
      {more}
      <SeveralOf
        title={t('column.status')}
        words={STATUSES}
        label={(word) => t(`status.${word}`)}
        value={wanted.status}
        choose={(status) => change({ status })}
      />
      <SeveralOf
        title={t('column.risk')}
        words={RISKS}
        label={(word) => t(word === 'none' ? 'clean' : `severity.${word}`)}
        value={wanted.risk}
        choose={(risk) => change({ risk })}
      />
      <SeveralOf
        title={t('column.kinds')}
        words={KINDS}
        label={(word) => t(`kind.${word}`)}
        value={wanted.has}
        choose={(has) => change({ has })}
      />
      <Checkbox
        checked={wanted.focus ?? false}
        onChange={(event) => change({ focus: event.target.checked || undefined })}
      >
        {t('focusOnly')}
      </Checkbox>
      <Checkbox
        checked={wanted.latest ?? false}
        onChange={(event) => change({ latest: event.target.checked || undefined })}
      >
        {t('latestOnly')}
      </Checkbox>
      <FilterTags wanted={wanted} shown={[...SHOWN[of], ...(searched ? [searched] : [])]} change={change} />
      {filtered && (
        <Button type="link" size="small" onClick={() => change(none)}>
          {t('clearFilters')}
        </Button>
      )}
    </div>
  );
}
