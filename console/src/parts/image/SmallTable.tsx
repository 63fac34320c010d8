// A table of what was answered at once: paged here, not by the server.
import { Table, type TableProps } from 'antd';
import './style.css';

const MOST = 20;

/** The table. */
export function SmallTable<Row extends object>({ dataSource, ...table }: TableProps<Row>) {
  const many = (dataSource?.length ?? 0) > MOST;
  return (
    <Table<Row>
      size="small"
      className="small-table"
      tableLayout="fixed"
      pagination={many && { defaultPageSize: MOST, showSizeChanger: false, size: 'small' }}
      scroll={{ x: 640 }}
      dataSource={dataSource}
      {...table}
    />
  );
}
