// Which columns are shown, and in which order.
import { DownOutlined, SettingOutlined, UpOutlined } from '@ant-design/icons';
import { Button, Checkbox, Popover, Tooltip } from 'antd';
import { useTranslation } from 'react-i18next';
import type { Columns } from '@/app/preferences';
import { arranged, type Column, moved, ordered } from './columns';

type Choice<Row> = {
  columns: Column<Row>[];
  chosen: Columns | undefined;
  choose: (columns: Columns | undefined) => void;
};

/** The gear above a table. */
export function ColumnChooser<Row>(choice: Choice<Row>) {
  const { t } = useTranslation();
  return (
    <Popover trigger="click" placement="bottomRight" title={t('columns')} content={<Chooser {...choice} />}>
      <Tooltip title={t('columns')}>
        <Button icon={<SettingOutlined />} aria-label={t('columns')} />
      </Tooltip>
    </Popover>
  );
}

function Chooser<Row>({ columns, chosen, choose }: Choice<Row>) {
  const { t } = useTranslation();
  const shown = arranged(columns, chosen).map((column) => column.key);
  const show = (key: string, wanted: boolean) =>
    choose({ ...chosen, shown: wanted ? [...shown, key] : shown.filter((other) => other !== key) });
  const move = (at: number, step: number) => choose({ ...chosen, shown: moved(shown, at, step) });
  return (
    <div className="chooser">
      {ordered(columns, shown).map((column) => {
        const at = shown.indexOf(column.key);
        return (
          <div key={column.key} className="chooser-row">
            <Checkbox
              checked={at >= 0}
              disabled={column.pinned}
              onChange={(event) => show(column.key, event.target.checked)}
            >
              {column.title}
            </Checkbox>
            <span className="grow" />
            <Button
              type="text"
              size="small"
              icon={<UpOutlined />}
              disabled={column.pinned || at < 1}
              aria-label={t('moveUp', { name: column.title })}
              onClick={() => move(at, -1)}
            />
            <Button
              type="text"
              size="small"
              icon={<DownOutlined />}
              disabled={column.pinned || at < 0 || at === shown.length - 1}
              aria-label={t('moveDown', { name: column.title })}
              onClick={() => move(at, 1)}
            />
          </div>
        );
      })}
      <Button type="link" size="small" onClick={() => choose(undefined)}>
        {t('usualColumns')}
      </Button>
    </div>
  );
}
