// A list that the server pages, sorts and filters. All lists of the console are this one.
import { keepPreviousData, type QueryKey, useQuery } from '@tanstack/react-query';
import { Grid, Table, type TableColumnType, type TableProps, Tooltip } from 'antd';
import { type ReactNode, useEffect, useMemo, useRef, useState } from 'react';
import { type Columns, usePreferences } from '@/app/preferences';
import { Again } from '@/parts/Refused';
import { ColumnChooser } from './ColumnChooser';
import { arranged, type Column } from './columns';
import { HeaderCell, type Resized } from './HeaderCell';
import { Paging, SIZES, USUAL_SIZE } from './Paging';
import type { Picker } from './selection';

export type Rows<Row> = { items: Row[]; next?: string | null };
export type Asked = { limit: number; after?: string };
export type Sort = { key?: string; descending?: boolean };

type Query<Row> = {
  /** The name that the choice of columns is kept by. */
  name: string;
  /** What is asked, filters and all; `list` is its second word. */
  queryKey: QueryKey;
  load: (page: Asked) => Promise<Rows<Row>>;
  /** How many rows there are at all, where the server counts them. */
  total?: { total: number; exact: boolean };
  columns: Column<Row>[];
  rowKey: (row: Row) => string | number;
  /** What happens when a row is chosen. */
  open?: (row: Row) => void;
  /** The row that is open now. */
  opened?: string | number;
  picker?: Picker;
  /** What can be done with a row, at its right end. */
  actions?: (row: Row) => ReactNode;
  actionsWidth?: number;
  actionsTitle?: string;
  /** What stands above the table, left of the choice of columns. */
  toolbar?: ReactNode;
  empty?: ReactNode;
  sort?: Sort;
  sorted?: (sort: Sort) => void;
  expandable?: TableProps<Row>['expandable'];
  /** Asked again after so many milliseconds, where nothing else tells of changes. */
  every?: number;
};

/** The rows of a page, and the way to others. */
function usePages<Row>({ queryKey, load, every }: Query<Row>) {
  const { preferences, remember } = usePreferences();
  const size = SIZES.find((known) => known === preferences.pageSize) ?? USUAL_SIZE;
  const [cursors, setCursors] = useState<string[]>([]);
  const key = JSON.stringify(queryKey);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another question begins at its first page
  useEffect(() => {
    setCursors([]);
  }, [key, size]);
  const after = cursors.at(-1);
  const answer = useQuery({
    queryKey: [...queryKey, size, after],
    queryFn: () => load({ limit: size, after }),
    placeholderData: keepPreviousData,
    refetchInterval: every,
  });
  const next = answer.data?.next;
  return {
    answer,
    paging: {
      page: cursors.length,
      size,
      rows: answer.data?.items.length ?? 0,
      more: Boolean(next),
      back: () => setCursors((before) => before.slice(0, -1)),
      on: () => next && setCursors((before) => [...before, next]),
      resize: (pageSize: number) => remember((kept) => ({ ...kept, pageSize })),
    },
  };
}

/** The columns as they are drawn. */
function useColumns<Row>(query: Query<Row>) {
  const { preferences, remember } = usePreferences();
  const kept = preferences.tables?.[query.name];
  const [drawn, setDrawn] = useState<Record<string, number>>({});
  const choose = (columns: Columns | undefined) => {
    if (!columns) setDrawn({});
    remember((before) => ({ ...before, tables: { ...before.tables, [query.name]: columns ?? {} } }));
  };
  const resize = (key: string) => (width: number, done: boolean) => {
    setDrawn((before) => ({ ...before, [key]: width }));
    if (done) choose({ ...kept, widths: { ...kept?.widths, [key]: width } });
  };
  const shown = arranged(query.columns, kept).map((column) => ({
    ...column,
    width: drawn[column.key] ?? column.width,
  }));
  return { kept, choose, resize, shown };
}

/** Rows that nothing opens are moved sideways with the keyboard by their body. */
function useReach(wanted: boolean) {
  const section = useRef<HTMLElement>(null);
  useEffect(() => {
    const body = section.current?.querySelector<HTMLElement>('.ant-table-body');
    if (!body) return;
    if (wanted && body.scrollWidth > body.clientWidth) body.tabIndex = 0;
    else body.removeAttribute('tabindex');
  });
  return section;
}

/** A list of the server. */
export function QueryTable<Row extends object>(query: Query<Row>) {
  const { answer, paging } = usePages(query);
  const { kept, choose, resize, shown } = useColumns(query);
  const { sort, picker } = query;
  const section = useReach(!query.open);
  // On a small screen what is kept in view would cover all else.
  const wide = Grid.useBreakpoint().lg ?? true;

  const columns = shown.map((column): TableColumnType<Row> => {
    const heading: Resized = { wide: column.width, name: column.title, resize: resize(column.key) };
    return {
      key: column.key,
      title: column.help ? <Tooltip title={column.help}>{column.title}</Tooltip> : column.title,
      width: column.width,
      align: column.align,
      fixed: column.pinned && wide ? 'start' : undefined,
      ellipsis: { showTitle: false },
      render: (_, row) => column.render(row),
      sorter: column.sort !== undefined && Boolean(query.sorted),
      sortOrder: column.sort && sort?.key === column.sort ? (sort.descending ? 'descend' : 'ascend') : null,
      onHeaderCell: () => heading as object,
    };
  });
  if (query.actions) {
    columns.push({
      key: 'actions',
      title: query.actionsTitle,
      width: query.actionsWidth ?? 110,
      fixed: wide ? 'end' : undefined,
      render: (_, row) => <span className="row-actions">{query.actions?.(row)}</span>,
    });
  }
  const width = columns.reduce((sum, column) => sum + Number(column.width ?? 0), picker ? 40 : 0);
  const rows = answer.data?.items ?? [];

  const selection = useMemo((): TableProps<Row>['rowSelection'] => {
    if (!picker) return undefined;
    const key = (row: Row) => Number(query.rowKey(row));
    return {
      columnWidth: 40,
      fixed: true,
      selectedRowKeys: rows.map(key).filter((id) => picker.has(id)),
      onSelect: (row, picked) => picker.pick([key(row)], picked),
      onSelectAll: (picked, _, changed) => picker.pick(changed.map(key), picked),
      onSelectMultiple: (picked, _, changed) => picker.pick(changed.map(key), picked),
    };
  }, [picker, rows, query.rowKey]);

  return (
    <section className="list" ref={section}>
      <div className="list-tools">
        {query.toolbar}
        <span className="grow" />
        <ColumnChooser columns={query.columns} chosen={kept} choose={choose} />
      </div>
      {answer.error ? (
        <Again error={answer.error} again={answer.refetch} />
      ) : (
        <Table<Row>
          size="small"
          tableLayout="fixed"
          rowKey={query.rowKey}
          columns={columns}
          dataSource={rows}
          loading={answer.isPending || answer.isPlaceholderData}
          pagination={false}
          sticky
          scroll={{ x: answer.isSuccess && rows.length === 0 ? undefined : width }}
          components={{ header: { cell: HeaderCell } }}
          rowSelection={selection}
          expandable={query.expandable}
          locale={{ emptyText: answer.isPending ? ' ' : query.empty }}
          showSorterTooltip={false}
          rowClassName={(row) => (query.rowKey(row) === query.opened ? 'row-open' : '')}
          onRow={(row) => ({
            onClick: (event) => query.open && !isControl(event.target) && query.open(row),
            onKeyDown: (event) => event.key === 'Enter' && event.target === event.currentTarget && query.open?.(row),
            tabIndex: query.open ? 0 : undefined,
            className: query.open ? 'row-opens' : undefined,
          })}
          onChange={(_pages, _filters, sorter, extra) => {
            if (extra.action !== 'sort' || Array.isArray(sorter)) return;
            const column = shown.find((known) => known.key === sorter.columnKey);
            query.sorted?.(sorter.order ? { key: column?.sort, descending: sorter.order === 'descend' } : {});
          }}
        />
      )}
      <Paging {...paging} total={query.total} />
    </section>
  );
}

/** Whether a click was meant for something inside of a row. */
export function isControl(target: EventTarget): boolean {
  return (
    target instanceof Element &&
    target.closest(
      'a, button, input, label, .ant-checkbox, .ant-table-selection-column, .row-actions, .ant-popover',
    ) !== null
  );
}
