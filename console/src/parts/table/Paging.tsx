// Page by page: the interface gives a place to go on from, not page numbers.
import { LeftOutlined, RightOutlined } from '@ant-design/icons';
import { Button, Select } from 'antd';
import { useTranslation } from 'react-i18next';

/** How many rows a page may have, and how many it has where nobody chose. */
export const SIZES = [10, 20, 50, 100];
export const USUAL_SIZE = 20;

type Pages = {
  page: number;
  size: number;
  rows: number;
  total?: { total: number; exact: boolean };
  more: boolean;
  back: () => void;
  on: () => void;
  resize: (size: number) => void;
};

/** The foot of a table. */
export function Paging({ page, size, rows, total, more, back, on, resize }: Pages) {
  const { t, i18n } = useTranslation();
  const number = new Intl.NumberFormat(i18n.language);
  const from = rows === 0 ? 0 : page * size + 1;
  const to = page * size + rows;
  const of = total && `${number.format(total.total)}${total.exact ? '' : '+'}`;
  return (
    <nav className="paging" aria-label={t('pages')}>
      <span className="paging-count">
        {of
          ? t('rowsOf', { from: number.format(from), to: number.format(to), total: of })
          : t('rows', { from: number.format(from), to: number.format(to) })}
      </span>
      <span className="grow" />
      <Select
        value={size}
        options={SIZES.map((value) => ({ value, label: t('perPage', { count: value }) }))}
        onChange={resize}
        aria-label={t('pageSize')}
      />
      <Button icon={<LeftOutlined />} disabled={page === 0} onClick={back} aria-label={t('previousPage')} />
      <span className="paging-page">{number.format(page + 1)}</span>
      <Button icon={<RightOutlined />} disabled={!more} onClick={on} aria-label={t('nextPage')} />
    </nav>
  );
}
