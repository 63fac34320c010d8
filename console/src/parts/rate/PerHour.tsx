// How many images an hour: one of the usual numbers, another one, or no limit.
import { InputNumber, Select, Space } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';

const USUAL = [5, 10, 20, 50, 100, 200, 500, 1000];
const MOST = 100_000;

type Rate = {
  id?: string;
  /** None and 0 are no limit. */
  value?: number | null;
  onChange?: (value: number | null) => void;
};

/** The field. */
export function PerHour({ id, value, onChange }: Rate) {
  const { t, i18n } = useTranslation('rate');
  const [own, setOwn] = useState(Boolean(value) && !USUAL.includes(value ?? 0));
  const number = new Intl.NumberFormat(i18n.language);
  const choose = (wanted: number | 'own') => {
    setOwn(wanted === 'own');
    if (wanted !== 'own') onChange?.(wanted === 0 ? null : wanted);
  };
  return (
    <Space wrap>
      <Select<number | 'own'>
        id={id}
        value={own ? 'own' : (value ?? 0)}
        style={{ width: 190 }}
        onChange={choose}
        options={[
          { value: 0, label: t('unlimited') },
          ...USUAL.map((rate) => ({ value: rate, label: t('perHour', { rate: number.format(rate) }) })),
          { value: 'own' as const, label: t('own') },
        ]}
      />
      {own && (
        <InputNumber
          min={1}
          max={MOST}
          precision={0}
          value={value}
          suffix={t('anHour')}
          aria-label={t('ownRate')}
          style={{ width: 150 }}
          onChange={(rate) => onChange?.(rate)}
        />
      )}
    </Space>
  );
}
