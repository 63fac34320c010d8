// The filters above the list of risks.
import { Button, Checkbox } from 'antd';
import { useTranslation } from 'react-i18next';
import type { Schemas } from '@/api/client';
import { OneOf, SeveralOf } from '@/parts/Choice';
import { STATES } from '@/parts/image/findings';
import { SearchBox } from '@/parts/SearchBox';
import { SEVERITIES } from '@/parts/Severity';
import { SOURCES, type Wanted } from './fields';

type Bar = { kind: Schemas['FindingKind']; wanted: Wanted; change: (wanted: Wanted) => void };

const FLAGS = ['fixable', 'exploited', 'has_containers'] as const;

/** The bar. */
export function FilterBar({ kind, wanted, change }: Bar) {
  const { t } = useTranslation('risks');
  const { kind: _kind, sort: _sort, ...filter } = wanted;
  const none = Object.fromEntries(Object.keys(filter).map((key) => [key, undefined]));
  const flags = FLAGS.filter((name) => kind === 'vulnerabilities' || name === 'has_containers');
  return (
    <div className="filters">
      <SearchBox
        fields={[{ key: 'search', title: t('title'), hint: t('searchHint') }]}
        values={{ search: wanted.search }}
        search={change}
      />
      <SeveralOf
        title={t('source')}
        words={SOURCES}
        label={(word) => t(`imageKind.${word}`)}
        value={wanted.source}
        choose={(source) => change({ source })}
      />
      <SeveralOf
        title={t('image:severityTitle')}
        words={SEVERITIES}
        label={(word) => t(`severity.${word}`)}
        value={wanted.severity}
        choose={(severity) => change({ severity })}
      />
      <OneOf
        title={t('image:stateTitle')}
        words={STATES}
        label={(word) => t(`image:state_.${word}`)}
        value={wanted.state}
        choose={(state) => change({ state })}
      />
      {flags.map((name) => (
        <Checkbox
          key={name}
          checked={wanted[name] ?? false}
          onChange={(event) => change({ [name]: event.target.checked || undefined })}
        >
          {t(`flag.${name}`)}
        </Checkbox>
      ))}
      {Object.keys(filter).length > 0 && (
        <Button type="link" size="small" onClick={() => change(none)}>
          {t('images:clearFilters')}
        </Button>
      )}
    </div>
  );
}
