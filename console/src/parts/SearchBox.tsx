// A search with a choice of what is searched.
import { Input, Select, Space } from 'antd';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';

export type SearchField = { key: string; title: string; hint?: string };

type Box = {
  fields: SearchField[];
  /** What is searched now, by field. */
  values: Record<string, string | undefined>;
  search: (values: Record<string, string | undefined>) => void;
};

/** The box: a field, and what it has to hold. */
export function SearchBox({ fields, values, search }: Box) {
  const { t } = useTranslation();
  const used = fields.find((field) => values[field.key] !== undefined) ?? fields[0];
  const [field, setField] = useState(used?.key ?? '');
  const [text, setText] = useState('');
  const current = values[field] ?? '';
  useEffect(() => {
    setText(current);
  }, [current]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: follows the address, not itself
  useEffect(() => {
    if (used && values[used.key] !== undefined) setField(used.key);
  }, [used?.key]);

  const apply = (wanted: string, of = field) => {
    const others = Object.fromEntries(fields.map(({ key }) => [key, undefined]));
    search({ ...others, [of]: wanted.trim() || undefined });
  };
  const chosen = fields.find(({ key }) => key === field);
  return (
    <Space.Compact className="search-box">
      {fields.length > 1 && (
        <Select
          value={field}
          options={fields.map(({ key, title }) => ({ value: key, label: title }))}
          popupMatchSelectWidth={false}
          aria-label={t('searchIn')}
          onChange={(next) => {
            setField(next);
            if (text) apply(text, next);
          }}
        />
      )}
      <Input.Search
        value={text}
        allowClear
        placeholder={chosen?.hint ?? t('searchFor', { field: chosen?.title })}
        aria-label={t('searchFor', { field: chosen?.title })}
        onChange={(event) => {
          setText(event.target.value);
          if (event.target.value === '') apply('');
        }}
        onSearch={(wanted) => apply(wanted)}
      />
    </Space.Compact>
  );
}
