// The packages that came, went, or changed their version.
import { useTranslation } from 'react-i18next';
import type { Schemas } from '@/api/client';
import { Block } from '@/parts/image/Facts';
import { SmallTable } from '@/parts/image/SmallTable';
import { Name } from '@/parts/Values';

type Row = { name: string; type: string; left: string; right: string };

const versions = (of: string[]) => of.join(', ');

/** The packages. */
export function Packages({ comparison }: { comparison: Schemas['Comparison'] }) {
  const { t } = useTranslation('compare');
  const { packages_added: added, packages_removed: removed, packages_changed: changed } = comparison;
  const parts: [string, number, Row[]][] = [
    [
      t('packagesChanged', { count: changed.length }),
      changed.length,
      changed.map((row) => ({ ...row, left: versions(row.left), right: versions(row.right) })),
    ],
    [
      t('packagesAdded', { count: added.length }),
      added.length,
      added.map(({ name, type, version }) => ({ name, type, left: '', right: version })),
    ],
    [
      t('packagesRemoved', { count: removed.length }),
      removed.length,
      removed.map(({ name, type, version }) => ({ name, type, left: version, right: '' })),
    ],
  ];
  return (
    <>
      {parts.map(([title, count, rows]) => (
        <Block key={title} title={title}>
          {count > 0 && <Rows rows={rows} />}
        </Block>
      ))}
    </>
  );
}

function Rows({ rows }: { rows: Row[] }) {
  const { t } = useTranslation('compare');
  return (
    <SmallTable<Row>
      rowKey={(row) => `${row.type} ${row.name} ${row.left} ${row.right}`}
      dataSource={rows}
      columns={[
        { key: 'name', title: t('image:package'), render: (_, row) => <Name of={row.name} strong /> },
        { key: 'type', title: t('image:type'), width: 100, render: (_, row) => row.type },
        { key: 'left', title: t('left'), render: (_, row) => <Name of={row.left} /> },
        { key: 'right', title: t('right'), render: (_, row) => <Name of={row.right} /> },
      ]}
    />
  );
}
