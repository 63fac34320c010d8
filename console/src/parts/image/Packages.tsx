// The software in an image.
import { Button, Checkbox, Empty, Tag } from 'antd';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { api, data, type Schemas } from '@/api/client';
import { flag, one, text, useFields, type Values, whole } from '@/app/url';
import { OneOf } from '@/parts/Choice';
import { SearchBox } from '@/parts/SearchBox';
import { SEVERITIES, SeverityBar } from '@/parts/Severity';
import type { Column } from '@/parts/table/columns';
import { QueryTable } from '@/parts/table/QueryTable';
import { Name } from '@/parts/Values';
import { LayerMark, OriginChoice } from './filterParts';
import type { ImageDetail } from './ImageView';
import { PACKAGE_TYPES } from './packageTypes';
import { OPEN, packed, useWithin } from './within';

type Package = Schemas['ImagePackage'];

/** The filters of the packages. */
export const FIELDS = {
  search: text(),
  type: one(PACKAGE_TYPES),
  vulnerable: flag(),
  from_base: flag(),
  layer: whole(),
};
const SEARCHED = { search: text() };

/** The tab. */
export function Packages({ image }: { image: ImageDetail }) {
  const { t } = useTranslation('image');
  const [wanted, change] = useWithin(FIELDS);
  const columns = usePackageColumns();
  const filtered = Object.keys(wanted).length > 0;
  return (
    <QueryTable<Package>
      name="image.packages"
      queryKey={['images', 'one', image.id, 'packages', wanted]}
      load={(page) => {
        const query = { ...wanted, ...page };
        return data(api.GET('/api/v1/images/{id}/packages', { params: { path: { id: image.id }, query } }));
      }}
      toolbar={<Filters wanted={wanted} change={change} />}
      columns={columns}
      rowKey={(row) => `${row.purl} ${row.path} ${row.version}`}
      empty={<Empty description={t(filtered ? 'nothingFits' : image.scanned ? 'noPackages' : 'notScanned')} />}
    />
  );
}

function usePackageColumns(): Column<Package>[] {
  const { t } = useTranslation('image');
  return useMemo(
    (): Column<Package>[] => [
      {
        key: 'name',
        title: t('package'),
        width: 240,
        pinned: true,
        render: (row) => (
          <span className="image-name">
            <Name of={row.name} strong />
            {row.from_base && <Tag>{t('fromBase')}</Tag>}
          </span>
        ),
      },
      { key: 'version', title: t('version'), width: 170, render: (row) => <Name of={row.version} /> },
      { key: 'type', title: t('type'), width: 90, render: (row) => row.type },
      { key: 'vulnerabilities', title: t('kind.vulnerabilities'), width: 190, render: (row) => <Found row={row} /> },
      { key: 'licenses', title: t('license'), width: 160, render: (row) => <Name of={row.licenses} /> },
      { key: 'source', title: t('sourcePackage'), width: 140, usual: false, render: (row) => <Name of={row.source} /> },
      {
        key: 'architecture',
        title: t('architecture'),
        width: 110,
        usual: false,
        render: (row) => <Name of={row.architecture} />,
      },
      {
        key: 'layer',
        title: t('layer'),
        width: 76,
        align: 'right',
        render: ({ layer }) => (layer === null || layer === undefined ? '—' : layer + 1),
      },
      { key: 'path', title: t('path'), width: 280, render: (row) => <Name of={row.path} /> },
      { key: 'purl', title: t('purl'), width: 280, usual: false, render: (row) => <Name of={row.purl} /> },
    ],
    [t],
  );
}

/** What is wrong with a package, and the way to it. */
function Found({ row }: { row: Package }) {
  const { t } = useTranslation('image');
  const [, setOpen] = useFields(OPEN);
  if (SEVERITIES.every((severity) => row.vulnerabilities[severity] === 0)) return <span className="quiet">—</span>;
  return (
    <Button
      type="text"
      size="small"
      className="inline-button"
      aria-label={t('vulnerabilitiesOf', { name: row.name })}
      onClick={() => setOpen({ tab: 'vulnerabilities', within: packed(SEARCHED, { search: row.name }) })}
    >
      <SeverityBar counts={row.vulnerabilities} />
    </Button>
  );
}

type Bar = { wanted: Values<typeof FIELDS>; change: (wanted: Values<typeof FIELDS>) => void };

function Filters({ wanted, change }: Bar) {
  const { t } = useTranslation('image');
  return (
    <div className="filters">
      <SearchBox
        fields={[{ key: 'search', title: t('package'), hint: t('packageHint') }]}
        values={{ search: wanted.search }}
        search={change}
      />
      <OneOf
        title={t('type')}
        words={PACKAGE_TYPES}
        label={(word) => word}
        value={wanted.type}
        choose={(type) => change({ type })}
      />
      <OriginChoice value={wanted.from_base} choose={(from_base) => change({ from_base })} />
      <Checkbox
        checked={wanted.vulnerable ?? false}
        onChange={(event) => change({ vulnerable: event.target.checked || undefined })}
      >
        {t('vulnerableOnly')}
      </Checkbox>
      <LayerMark layer={wanted.layer} clear={() => change({ layer: undefined })} />
    </div>
  );
}
