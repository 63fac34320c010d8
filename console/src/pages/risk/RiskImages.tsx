// The images that have a risk, with the places in each.
import { Empty, Tag } from 'antd';
import type { TFunction } from 'i18next';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api, data, type Schemas } from '@/api/client';
import { useMay } from '@/app/session';
import { some, useFields } from '@/app/url';
import { SeveralOf } from '@/parts/Choice';
import { DecisionDialog } from '@/parts/decisions/DecisionDialog';
import { Block } from '@/parts/image/Facts';
import { PickedBar } from '@/parts/image/filterParts';
import { ImageLink } from '@/parts/image/links';
import { SeverityTag } from '@/parts/Severity';
import type { Column } from '@/parts/table/columns';
import { QueryTable } from '@/parts/table/QueryTable';
import { useSelection } from '@/parts/table/selection';
import { ImageName, Name, Time, Words } from '@/parts/Values';

type Kind = Schemas['FindingKind'];
type Row = Schemas['RiskImage'];
type Place = Schemas['RiskPlace'];

const FIELDS = { source: some(['local', 'registry', 'ci', 'archive'] as const) };

/** The list. */
export function RiskImages({ kind, rule }: { kind: Kind; rule: string }) {
  const { t } = useTranslation('risk');
  const mayDecide = useMay('operator');
  const [wanted, change] = useFields(FIELDS);
  const picker = useSelection({ kind, rule, wanted });
  const [deciding, setDeciding] = useState(false);
  const columns = useColumns(kind);
  const images = [...picker.selection.ids];
  return (
    <Block title={t('images')}>
      {picker.some && (
        <PickedBar
          words={t('images:pickedCount', { count: images.length })}
          clear={picker.clear}
          decide={() => setDeciding(true)}
          decideWords={t('decideHere')}
        />
      )}
      <QueryTable<Row>
        name="risk.images"
        queryKey={['risks', 'one', kind, rule, 'images', wanted]}
        load={(page) => {
          const params = { path: { kind, rule }, query: { ...wanted, ...page } };
          return data(api.GET('/api/v1/risks/{kind}/{rule}/images', { params }));
        }}
        toolbar={
          <div className="filters">
            <SeveralOf
              title={t('risks:source')}
              words={['local', 'registry', 'ci', 'archive'] as const}
              label={(word) => t(`imageKind.${word}`)}
              value={wanted.source}
              choose={(source) => change({ source })}
            />
          </div>
        }
        columns={columns}
        rowKey={({ image }) => image.id}
        picker={mayDecide ? picker : undefined}
        expandable={{
          rowExpandable: ({ places }) => places.length > 1,
          expandedRowRender: ({ places }) => <Places places={places} />,
          columnWidth: 36,
          fixed: true,
        }}
        empty={<Empty description={t('noImages')} />}
      />
      <DecisionDialog
        open={deciding}
        subjects={[{ kind, rule, fingerprint: '', package: '', path: '' }]}
        what={[rule]}
        images={images}
        close={() => setDeciding(false)}
        done={picker.clear}
      />
    </Block>
  );
}

/** The columns of what is wrong with packages. */
function ofPackages(t: TFunction): Column<Row>[] {
  return [
    {
      key: 'package',
      title: t('image:package'),
      width: 200,
      render: ({ places }) => <Name of={[places[0]?.package, places[0]?.version].filter(Boolean).join(' ')} />,
    },
    {
      key: 'fixed',
      title: t('image:fixedIn'),
      width: 150,
      render: ({ places }) => <Name of={places[0]?.fixed_version} />,
    },
  ];
}

function useColumns(kind: Kind): Column<Row>[] {
  const { t } = useTranslation('risk');
  return useMemo(() => {
    return [
      {
        key: 'image',
        title: t('images:column.name'),
        width: 380,
        pinned: true,
        render: (row) => <TheImage row={row} kind={kind} />,
      },
      { key: 'kind', title: t('risks:source'), width: 110, render: ({ image }) => t(`imageKind.${image.kind}`) },
      {
        key: 'severity',
        title: t('image:severityTitle'),
        width: 96,
        render: ({ places }) => <SeverityTag severity={places[0]?.severity} />,
      },
      ...(kind === 'vulnerabilities' || kind === 'compliance' ? ofPackages(t) : []),
      {
        key: 'path',
        title: t('image:path'),
        width: 260,
        render: ({ places }) => (
          <span className="image-name">
            <Name of={places[0]?.path} />
            {places.length > 1 && <Tag>{t('morePlaces', { count: places.length - 1 })}</Tag>}
          </span>
        ),
      },
      {
        key: 'containers',
        title: t('images:column.containers'),
        help: t('images:column.containersHelp'),
        width: 100,
        align: 'right',
        render: ({ image }) => (
          <span className="number">
            {image.running} / {image.containers}
          </span>
        ),
      },
      { key: 'state', title: t('image:stateTitle'), width: 120, render: ({ places }) => <State place={places[0]} /> },
      {
        key: 'first_seen',
        title: t('images:column.added'),
        width: 120,
        render: ({ places }) => <Time at={places[0]?.first_seen} />,
      },
    ];
  }, [t, kind]);
}

/** The name of the image, which leads to the finding in it. */
function TheImage({ row: { image, places }, kind }: { row: Row; kind: Kind }) {
  return (
    <ImageLink id={image.id} tab={kind} finding={places[0]?.fingerprint}>
      <ImageName of={image.name} />
    </ImageLink>
  );
}

function State({ place }: { place: Place | undefined }) {
  const { t } = useTranslation('risk');
  const action = place?.decision?.action;
  if (!action) return <span>{t('image:state_.open')}</span>;
  return <Tag>{t(`decisions:action_.${action}`, { defaultValue: action })}</Tag>;
}

/** All places in one image. */
function Places({ places }: { places: Place[] }) {
  const { t } = useTranslation('risk');
  return (
    <ul className="places">
      {places.map((place) => (
        <li key={place.fingerprint}>
          <strong>
            <Words of={[place.package, place.version].filter(Boolean).join(' ')} />
          </strong>
          {place.fixed_version && <span>{t('fixedIn', { version: place.fixed_version })}</span>}
          <Words of={place.path} quiet />
          <State place={place} />
        </li>
      ))}
    </ul>
  );
}
