// How an image was built: each step, and the layer that it made with what that brought.
import { useQuery } from '@tanstack/react-query';
import { Button, Empty, Tag } from 'antd';
import { useTranslation } from 'react-i18next';
import { api, data, type Schemas } from '@/api/client';
import { useFields, whole } from '@/app/url';
import { Again } from '@/parts/Refused';
import { SeverityBar } from '@/parts/Severity';
import { Bytes, Code, Count, Digest, Time, Words } from '@/parts/Values';
import { Block } from './Facts';
import { SmallTable } from './SmallTable';
import { OPEN, packed } from './within';

type Layer = Schemas['ImageLayer'];
type Step = Schemas['HistoryStep'];
/** A step of the history with the layer that it made; layers without a step stand by themselves. */
export type Row = { at: number; step?: Step; layer?: Layer };

/** Steps and layers brought together: each step that made one takes the next. */
export function together(layers: Layer[], steps: Step[]): Row[] {
  const left = [...layers];
  const rows = steps.map((step): Row => ({ at: 0, step, layer: step.empty_layer ? undefined : left.shift() }));
  return [...rows, ...left.map((layer): Row => ({ at: 0, layer }))].map((row, at) => ({ ...row, at }));
}

const MOST = 200;

/** The tab. */
export function Layers({ id }: { id: number }) {
  const { t } = useTranslation('image');
  const {
    data: layers,
    error,
    refetch,
  } = useQuery({
    queryKey: ['images', 'one', id, 'layers'],
    queryFn: () => data(api.GET('/api/v1/images/{id}/layers', { params: { path: { id } } })),
  });
  const { data: history } = useQuery({
    queryKey: ['images', 'one', id, 'history'],
    queryFn: () => data(api.GET('/api/v1/images/{id}/history', { params: { path: { id }, query: { limit: MOST } } })),
  });
  if (error) return <Again error={error} again={refetch} />;
  const known = layers && history && together(layers, history.items);
  return (
    <Block title={t('buildHistory')} more={<span className="quiet">{t('buildHistoryHelp')}</span>}>
      <SmallTable<Row>
        rowKey="at"
        loading={!known}
        dataSource={known}
        scroll={{ x: 980 }}
        locale={{ emptyText: <Empty description={t('noLayers')} /> }}
        columns={[
          { key: 'at', title: t('layer'), width: 64, render: (_, { layer }) => (layer ? layer.position + 1 : '') },
          { key: 'step', title: t('instruction'), render: (_, row) => <Instruction row={row} /> },
          {
            key: 'size',
            title: t('images:column.size'),
            width: 100,
            align: 'right',
            render: (_, { layer }) => layer && <Bytes size={layer.size} />,
          },
          { key: 'found', title: t('found'), width: 200, render: (_, { layer }) => layer && <Found layer={layer} /> },
          {
            key: 'packages',
            title: t('tab.software'),
            width: 100,
            align: 'right',
            render: (_, { layer }) => layer && <LayerPackages layer={layer} />,
          },
          {
            key: 'shared',
            title: t('sharedBy'),
            width: 110,
            align: 'right',
            render: (_, { layer }) => layer && <Count of={layer.shared_by} />,
          },
        ]}
      />
    </Block>
  );
}

function Instruction({ row: { step, layer } }: { row: Row }) {
  const { t } = useTranslation('image');
  const command = step?.created_by || layer?.created_by;
  return (
    <div className="step">
      <Code of={command || t('unknownStep')} className={layer ? 'wrap' : 'wrap quiet'} />
      <div className="step-facts quiet">
        {layer && <Digest of={layer.diff_id} />}
        {layer?.from_base && <Tag>{t('fromBase')}</Tag>}
        {step?.created && <Time at={step.created} />}
        {step?.comment && <Words of={step.comment} />}
      </div>
    </div>
  );
}

const OF_LAYER = { layer: whole() };

/** What is wrong with what a layer brought, and the way to it. */
function Found({ layer }: { layer: Layer }) {
  const { t } = useTranslation('image');
  const [, setOpen] = useFields(OPEN);
  const within = packed(OF_LAYER, { layer: layer.position });
  const kinds = (['vulnerabilities', 'malware', 'secrets', 'baseline', 'compliance'] as const).filter(
    (kind) => layer.findings[kind] > 0,
  );
  if (kinds.length === 0) return <span className="quiet">{t('nothingFound')}</span>;
  return (
    <>
      <SeverityBar counts={layer.severities} />
      <div className="step-kinds">
        {kinds.map((kind) => (
          <Button key={kind} type="link" size="small" onClick={() => setOpen({ tab: kind, within })}>
            {t(`kind.${kind}`)} {layer.findings[kind]}
          </Button>
        ))}
      </div>
    </>
  );
}

/** How many packages a layer brought, and the way to them. */
function LayerPackages({ layer }: { layer: Layer }) {
  const [, setOpen] = useFields(OPEN);
  if (layer.packages === 0) return <span className="quiet">0</span>;
  const within = packed(OF_LAYER, { layer: layer.position });
  return (
    <Button type="link" size="small" onClick={() => setOpen({ tab: 'software', within })}>
      <Count of={layer.packages} />
    </Button>
  );
}
