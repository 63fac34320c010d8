// Which columns a table shows, in which order and how wide: what the page says, changed by what the person chose.
import type { ReactNode } from 'react';
import type { Columns } from '@/app/preferences';

/** One column of a table. */
export type Column<Row> = {
  key: string;
  title: string;
  /** What the title means, for who asks. */
  help?: string;
  width: number;
  render: (row: Row) => ReactNode;
  /** The name by which the server sorts; none where it does not. */
  sort?: string;
  /** Whether it is shown before anybody chose; it is unless this says no. */
  usual?: boolean;
  /** It stays at the left while the others move, and cannot be taken away. */
  pinned?: boolean;
  align?: 'right' | 'center';
};

const NARROWEST = 64;
const WIDEST = 900;

/** The columns to show, in their order and with their widths. */
export function arranged<Row>(columns: Column<Row>[], chosen: Columns | undefined): Column<Row>[] {
  const known = new Map(columns.map((column) => [column.key, column]));
  const usual = columns.filter((column) => column.usual !== false).map((column) => column.key);
  const pinned = columns.filter((column) => column.pinned).map((column) => column.key);
  const shown = chosen?.shown ? [...pinned, ...chosen.shown.filter((key) => !pinned.includes(key))] : usual;
  return shown.flatMap((key) => {
    const column = known.get(key);
    return column ? [{ ...column, width: chosen?.widths?.[key] ?? column.width }] : [];
  });
}

/** All columns in the order of choice: what is shown first, the others behind. */
export function ordered<Row>(columns: Column<Row>[], shown: string[]): Column<Row>[] {
  const place = (column: Column<Row>) => {
    const at = shown.indexOf(column.key);
    return at < 0 ? shown.length : at;
  };
  return [...columns].sort((a, b) => place(a) - place(b));
}

/** A width that can be seen and leaves room for others. */
export function fitting(width: number): number {
  return Math.round(Math.min(WIDEST, Math.max(NARROWEST, width)));
}

/** The list with one entry moved by a step. */
export function moved<T>(list: T[], from: number, step: number): T[] {
  const to = from + step;
  const entry = list[from];
  if (entry === undefined || to < 0 || to >= list.length) return list;
  const next = list.toSpliced(from, 1);
  return next.toSpliced(to, 0, entry);
}
