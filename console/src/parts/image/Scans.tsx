// The scans of an image; two of them can be compared.
import { useNavigate } from '@tanstack/react-router';
import { Button, Empty } from 'antd';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { api, data, type Schemas } from '@/api/client';
import { SEVERITIES, SeverityBar } from '@/parts/Severity';
import type { Column } from '@/parts/table/columns';
import { QueryTable } from '@/parts/table/QueryTable';
import { useSelection } from '@/parts/table/selection';
import { Name, Time } from '@/parts/Values';

type Scan = Schemas['ScanSummary'];

/** The tab. */
export function Scans({ id }: { id: number }) {
  const { t } = useTranslation('image');
  const navigate = useNavigate();
  const picker = useSelection(id);
  const [left, right] = [...picker.selection.ids].sort((a, b) => a - b);
  const two = picker.selection.ids.size === 2;
  const columns = useMemo(
    (): Column<Scan>[] => [
      {
        key: 'finished',
        title: t('finished'),
        width: 200,
        pinned: true,
        render: (scan) => <Time at={scan.finished} whole />,
      },
      { key: 'severities', title: t('found'), width: 190, render: (scan) => <Severities of={scan} /> },
      {
        key: 'checks',
        title: t('checks'),
        width: 360,
        render: (scan) => (
          <Name of={scan.checks.map((check) => t(`check.${check}`, { defaultValue: check })).join(', ')} />
        ),
      },
      { key: 'advisories', title: t('advisoriesOf'), width: 150, render: (scan) => <Time at={scan.advisories} /> },
      { key: 'tool', title: t('tool'), width: 100, render: (scan) => scan.tool_version },
    ],
    [t],
  );
  return (
    <QueryTable<Scan>
      name="image.scans"
      queryKey={['images', 'one', id, 'scans']}
      load={(query) => data(api.GET('/api/v1/images/{id}/scans', { params: { path: { id }, query } }))}
      toolbar={
        <div className="filters">
          <Button
            disabled={!two}
            onClick={() =>
              void navigate({ to: '/compare', search: { of: id, left_scan: left, right_scan: right } } as never)
            }
          >
            {t('compareScans')}
          </Button>
          <span className="quiet">{t('compareScansHelp')}</span>
        </div>
      }
      picker={picker}
      columns={columns}
      rowKey={(scan) => scan.id}
      empty={<Empty description={t('notScanned')} />}
    />
  );
}

/** Findings of each severity; older scans do not tell. */
function Severities({ of }: { of: Scan }) {
  const counts = SEVERITIES.map((severity) => [severity, of.severities[severity] ?? 0] as const);
  if (Object.keys(of.severities).length === 0) return <span className="quiet">—</span>;
  return <SeverityBar counts={Object.fromEntries(counts) as Schemas['SeverityCounts']} />;
}
