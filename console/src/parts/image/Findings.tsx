// The findings of one kind in an image: filters, rows, and decisions about several at once.
import { Button, Checkbox, Empty } from 'antd';
import { useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api, data } from '@/api/client';
import { useMay } from '@/app/session';
import { useFields } from '@/app/url';
import { OneOf, SeveralOf } from '@/parts/Choice';
import { DecisionDialog } from '@/parts/decisions/DecisionDialog';
import { SearchBox } from '@/parts/SearchBox';
import { SEVERITIES } from '@/parts/Severity';
import { QueryTable } from '@/parts/table/QueryTable';
import { useSelection } from '@/parts/table/selection';
import { LayerMark, OriginChoice, PickedBar } from './filterParts';
import { useFindingColumns } from './findingColumns';
import {
  called,
  FIELDS,
  type FindingKind,
  type ImageFinding,
  numberOf,
  STATES,
  subjectOf,
  type Wanted,
} from './findings';
import type { ImageDetail } from './ImageView';
import { OPEN, useWithin } from './within';

/** The list. */
export function Findings({ image, kind }: { image: ImageDetail; kind: FindingKind }) {
  const { t } = useTranslation('image');
  const mayDecide = useMay('operator');
  const [wanted, change] = useWithin(FIELDS);
  const [open, setOpen] = useFields(OPEN);
  const { sort, descending, ...filter } = wanted;
  const picker = useSelection({ kind, filter });
  const seen = useRef(new Map<number, ImageFinding>());
  const [deciding, setDeciding] = useState(false);
  const columns = useFindingColumns(kind, (finding) => setOpen({ finding: finding.fingerprint }));
  const picked = [...picker.selection.ids].flatMap((id) => seen.current.get(id) ?? []);
  const filtered = Object.keys(filter).length > 0;

  const load = async (page: { limit: number; after?: string }) => {
    const query = { ...filter, kind: [kind], sort, descending, ...page };
    const rows = await data(api.GET('/api/v1/images/{id}/findings', { params: { path: { id: image.id }, query } }));
    for (const row of rows.items) seen.current.set(numberOf(row.fingerprint), row);
    return rows;
  };
  return (
    <>
      {picker.some && (
        <PickedBar
          words={t('pickedFindings', { count: picked.length })}
          clear={picker.clear}
          decide={() => setDeciding(true)}
          decideWords={t('decide')}
        />
      )}
      <QueryTable<ImageFinding>
        name={`findings.${kind}`}
        queryKey={['images', 'one', image.id, 'findings', kind, wanted]}
        load={load}
        toolbar={<Filters kind={kind} wanted={wanted} change={change} />}
        columns={columns}
        rowKey={(finding) => numberOf(finding.fingerprint)}
        open={(finding) => setOpen({ finding: finding.fingerprint })}
        opened={open.finding ? numberOf(open.finding) : undefined}
        picker={mayDecide ? picker : undefined}
        sort={sort ? { key: sort, descending } : undefined}
        sorted={(next) => change({ sort: next.key as Wanted['sort'], descending: next.descending })}
        empty={<Empty description={t(filtered ? 'nothingFits' : image.scanned ? 'noFindings' : 'notScanned')} />}
      />
      <DecisionDialog
        open={deciding}
        subjects={picked.map(subjectOf)}
        what={picked.map(called)}
        images={[image.id]}
        close={() => setDeciding(false)}
        done={picker.clear}
      />
    </>
  );
}

type Bar = { kind: FindingKind; wanted: Wanted; change: (wanted: Wanted) => void };

function Filters({ kind, wanted, change }: Bar) {
  const { t } = useTranslation('image');
  const vulnerabilities = kind === 'vulnerabilities';
  const { sort, descending, ...filter } = wanted;
  const none = Object.fromEntries(Object.keys(filter).map((key) => [key, undefined]));
  return (
    <div className="filters">
      <SearchBox
        fields={[{ key: 'search', title: t('searchFindings'), hint: t(`searchHint.${kind}`) }]}
        values={{ search: wanted.search }}
        search={change}
      />
      <SeveralOf
        title={t('severityTitle')}
        words={SEVERITIES}
        label={(word) => t(`severity.${word}`)}
        value={wanted.severity}
        choose={(severity) => change({ severity })}
      />
      <OneOf
        title={t('stateTitle')}
        words={STATES}
        label={(word) => t(`state_.${word}`)}
        value={wanted.state}
        choose={(state) => change({ state })}
      />
      <OriginChoice value={wanted.from_base} choose={(from_base) => change({ from_base })} />
      {vulnerabilities && (
        <>
          <Checkbox
            checked={wanted.fixable ?? false}
            onChange={(event) => change({ fixable: event.target.checked || undefined })}
          >
            {t('fixableOnly')}
          </Checkbox>
          <Checkbox
            checked={wanted.exploited ?? false}
            onChange={(event) => change({ exploited: event.target.checked || undefined })}
          >
            {t('exploitedOnly')}
          </Checkbox>
        </>
      )}
      <LayerMark layer={wanted.layer} clear={() => change({ layer: undefined })} />
      {Object.keys(filter).length > 0 && (
        <Button type="link" size="small" onClick={() => change(none)}>
          {t('images:clearFilters')}
        </Button>
      )}
    </div>
  );
}
