// The files that were made on the server: to be fetched, until they expire.
import { ExportOutlined } from '@ant-design/icons';
import { Button, Empty } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api, data, type Schemas } from '@/api/client';
import { useMay } from '@/app/session';
import { ExportDialog } from '@/parts/exports/ExportDialog';
import { PageHead } from '@/parts/PageHead';
import { QueryTable, type Rows } from '@/parts/table/QueryTable';
import { useExportColumns } from './columns';
import { ExportActions } from './ExportActions';

type Export = Schemas['Export'];

/** While a file is made, the list is asked for so often; a list in which nothing happens is left alone. */
const SOON = 2000;
const LATER = 60_000;

/** The page. */
export default function Exports() {
  const { t } = useTranslation('exportlist');
  const mayExport = useMay('operator');
  const [making, setMaking] = useState(false);
  const [busy, setBusy] = useState(false);
  const columns = useExportColumns();
  const load = async (query: { limit: number; after?: string }): Promise<Rows<Export>> => {
    const rows = await data(api.GET('/api/v1/exports', { params: { query } }));
    setBusy(rows.items.some(({ state }) => state === 'waiting' || state === 'running'));
    return rows;
  };
  const make = mayExport && (
    <Button type="primary" icon={<ExportOutlined />} onClick={() => setMaking(true)}>
      {t('make')}
    </Button>
  );
  return (
    <div className="page">
      <PageHead title={t('title')} about={t('about')} actions={make} />
      <QueryTable<Export>
        name="exports"
        queryKey={['exports', 'list']}
        load={load}
        every={busy ? SOON : LATER}
        columns={columns}
        rowKey={(row) => row.id}
        actions={(row) => <ExportActions row={row} />}
        actionsWidth={152}
        actionsTitle={t('operations')}
        empty={<Empty description={t('empty')}>{make}</Empty>}
      />
      <ExportDialog open={making} of={undefined} close={() => setMaking(false)} />
    </div>
  );
}
