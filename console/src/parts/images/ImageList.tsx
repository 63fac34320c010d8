// A list of images with everything that is done from it: cards, filters, table, batch, dialogs, the image that is open.
import { useQuery } from '@tanstack/react-query';
import { Button, Drawer, Empty, Skeleton } from 'antd';
import { lazy, type ReactNode, Suspense, useCallback, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api, data, type Schemas } from '@/api/client';
import { useMay } from '@/app/session';
import { text, useFields, whole } from '@/app/url';
import { Cards } from '@/parts/Cards';
import type { Subject } from '@/parts/decisions/DecisionDialog';
import { Later, lately } from '@/parts/Later';
import { QueryTable } from '@/parts/table/QueryTable';
import { asked, useSelection } from '@/parts/table/selection';
import { BatchBar } from './BatchBar';
import { useCards, useSummary } from './cards';
import { useChildren } from './children';
import { type Image, useImageColumns } from './columns';
import { FilterBar } from './FilterBar';
import { FIELDS, type Filter, filterOf, KINDS } from './filters';
import type { Scope } from './ScanDialog';
import { useCancel } from './useCancel';

const ImageView = lazy(() => import('@/parts/image/ImageView'));
const ScanDialog = lately(() => import('./ScanDialog').then((module) => module.ScanDialog));
const ExportDialog = lately(() => import('@/parts/exports/ExportDialog').then((module) => module.ExportDialog));
const DecisionDialog = lately(() => import('@/parts/decisions/DecisionDialog').then((module) => module.DecisionDialog));

const OPEN = { image: whole(), tab: text(), finding: text(), within: text() };
const CLOSED = { image: undefined, tab: undefined, finding: undefined, within: undefined };

type List = {
  /** The name its columns are kept by. */
  name: string;
  /** The columns and searches it has beside those of all images. */
  of: 'local' | 'registry' | 'none';
  kinds: Schemas['ImageKind'][];
  /** What stands in place of the rows when there are none at all. */
  empty: ReactNode;
  /** Filters that only this list has. */
  filters?: ReactNode;
  /** What is done with a row beside scanning. */
  scanning: boolean;
  stopScanning: () => void;
};

/** What is decided about everything of a kind in the images that are picked. */
const EVERYTHING: Subject[] = KINDS.map((kind) => ({ kind, rule: '', package: '**', path: '', fingerprint: '' }));

/** The list. */
export function ImageList({ name, of, kinds, empty, filters, scanning, stopScanning }: List) {
  const { t } = useTranslation('images');
  const [wanted, change] = useFields(FIELDS);
  const [opened, setOpen] = useFields(OPEN);
  const mayScan = useMay('operator');
  const base: Filter = { kind: kinds };
  const kept = kinds.filter((kind) => wanted.kind?.some((word) => word === kind));
  const filter: Filter = { ...filterOf(wanted), kind: kept.length > 0 ? kept : kinds };
  const sort = wanted.sort ? { key: wanted.sort, descending: wanted.descending } : undefined;
  const openTab = useCallback((image: Image, tab: string) => setOpen({ ...CLOSED, image: image.id, tab }), [setOpen]);
  const columns = useImageColumns(of, openTab);
  const picker = useSelection(filter);
  const [scan, setScan] = useState<{ given: Scope; count: number; again: boolean }>();
  const [exporting, setExporting] = useState(false);
  const [deciding, setDeciding] = useState(false);
  const open = (image: Image) => setOpen({ ...CLOSED, image: image.id });
  const actions = mayScan
    ? (image: Image) => (
        <RowActions image={image} scan={(again) => setScan({ given: { images: [image.id] }, count: 1, again })} />
      )
    : undefined;
  const expandable = useChildren(of === 'registry', { columns, open, actions });
  const filtered = Object.keys(filterOf(wanted)).length > 0;
  const total = useCount(kinds, filter, filtered);
  const cards = useCards(kinds, wanted, change);
  const picked = asked(picker.selection, filter);
  const pickedCount = picker.count(total?.total) ?? 0;

  return (
    <>
      <Cards cards={cards} />
      {mayScan && (
        <BatchBar
          picker={picker}
          total={total?.total}
          filter={filter}
          scan={(again) => setScan({ given: picked, count: pickedCount, again })}
          exportThem={() => setExporting(true)}
          decide={() => setDeciding(true)}
        />
      )}
      <QueryTable<Image>
        name={name}
        queryKey={['images', 'list', filter, sort]}
        load={(page) =>
          data(
            api.GET('/api/v1/images', {
              params: { query: { ...filter, sort: sort?.key, descending: sort?.descending, ...page } },
            }),
          )
        }
        total={total}
        toolbar={<FilterBar of={of} wanted={wanted} change={change} more={filters} />}
        columns={columns}
        rowKey={(image) => image.id}
        open={open}
        opened={opened.image}
        picker={mayScan ? picker : undefined}
        actions={actions}
        actionsWidth={92}
        actionsTitle={t('operations')}
        sort={sort}
        sorted={({ key, descending }) => change({ sort: key as never, descending })}
        expandable={expandable}
        empty={filtered ? <Empty description={t('nothingFits')} /> : empty}
      />
      <Drawer
        open={opened.image !== undefined}
        onClose={() => setOpen(CLOSED)}
        size="min(1180px, 82vw)"
        destroyOnHidden
        title={null}
        closable={false}
        aria-label={t('image:title')}
        className="image-drawer"
      >
        <Suspense fallback={<Skeleton active />}>
          {opened.image !== undefined && <ImageView id={opened.image} close={() => setOpen(CLOSED)} />}
        </Suspense>
      </Drawer>
      <Later open={scanning || scan !== undefined}>
        <ScanDialog
          open={scanning || scan !== undefined}
          given={scan?.given}
          count={scan?.count}
          again={scan?.again}
          all={base}
          close={() => (scan ? setScan(undefined) : stopScanning())}
        />
      </Later>
      <Later open={exporting}>
        <ExportDialog open={exporting} of={picked} count={pickedCount} close={() => setExporting(false)} />
      </Later>
      <Later open={deciding}>
        <DecisionDialog
          open={deciding}
          subjects={EVERYTHING}
          what={[t('everythingOf', { count: pickedCount })]}
          whole
          images={'images' in picked ? picked.images : []}
          close={() => setDeciding(false)}
        />
      </Later>
    </>
  );
}

/** How many images the list has: of all of them, the summary above it has told that. */
function useCount(kinds: Schemas['ImageKind'][], filter: Filter, filtered: boolean) {
  const { data: sums } = useSummary(kinds);
  const { data: count } = useQuery({
    queryKey: ['images', 'count', filter],
    queryFn: () => data(api.GET('/api/v1/images/count', { params: { query: filter } })),
    enabled: filtered,
  });
  return filtered ? count : sums && { total: sums.images, exact: true };
}

/** What a row offers: the next thing that its state asks for. */
function RowActions({ image, scan }: { image: Image; scan: (again: boolean) => void }) {
  const { t } = useTranslation('images');
  const cancel = useCancel();
  if (image.status === 'waiting' || image.status === 'scanning') {
    return (
      <Button type="link" size="small" onClick={() => cancel.act({ images: [image.id] })}>
        {t('cancelScan')}
      </Button>
    );
  }
  const again = image.status !== 'unscanned';
  return (
    <Button type="link" size="small" disabled={Boolean(image.unscannable)} onClick={() => scan(again)}>
      {t(again ? 'rescan' : 'scan')}
    </Button>
  );
}
