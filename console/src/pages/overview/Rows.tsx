// A few rows of a list, as the overview shows them.
import { Empty, Skeleton } from 'antd';
import type { ReactNode } from 'react';
import { Again } from '@/parts/Refused';

/** So many are shown. */
export const MOST = 6;

/** The rows, or what stands in their place. */
export function Rows<Row>({ asked, empty, row }: { asked: Asked<Row>; empty: string; row: (row: Row) => ReactNode }) {
  if (asked.error) return <Again error={asked.error} again={asked.refetch} />;
  if (!asked.data) return <Skeleton active />;
  if (asked.data.items.length === 0) return <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={empty} />;
  return <ul className="attention">{asked.data.items.map(row)}</ul>;
}

type Asked<Row> = { data?: { items: Row[] }; error: unknown; refetch: () => unknown };
