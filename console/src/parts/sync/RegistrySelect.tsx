// Choosing registries, and kinds of them.
import { Select } from 'antd';
import { useDeferredValue, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { visible } from '@/parts/visible';
import { useKinds, useKindTitle, useRegistries } from './registries';

type Chosen<T> = {
  id?: string;
  value?: T[];
  onChange?: (value: T[]) => void;
  /** As one of the filters above a list: small, its title inside. */
  filter?: boolean;
};

/** How several are chosen: narrow in a row of filters, as wide as the field elsewhere. */
const several = (title: string, filter?: boolean) => ({
  mode: 'multiple' as const,
  className: filter ? 'filter' : undefined,
  placeholder: title,
  'aria-label': title,
  allowClear: true,
  maxTagCount: filter ? 1 : ('responsive' as const),
  maxTagTextLength: filter ? 10 : undefined,
  popupMatchSelectWidth: filter ? 320 : true,
});

/** Registries by name; they are asked for once somebody looks. */
export function RegistrySelect({ id, value, onChange, filter }: Chosen<number>) {
  const { t } = useTranslation('sync');
  const [looked, setLooked] = useState(false);
  const [search, setSearch] = useState('');
  const sought = useDeferredValue(search);
  const chosen = value ?? [];
  const { data: found, isFetching } = useRegistries(sought, looked || chosen.length > 0);
  const known = (found?.items ?? []).map((registry) => ({ value: registry.id, label: visible(registry.name) }));
  const names = new Map(known.map((option) => [option.value, option.label]));
  return (
    <Select<number[]>
      id={id}
      {...several(t('registries'), filter)}
      value={chosen}
      loading={isFetching}
      showSearch={{ filterOption: false, onSearch: setSearch }}
      notFoundContent={isFetching ? t('looking') : t('noRegistry')}
      onOpenChange={(open) => open && setLooked(true)}
      options={known}
      labelRender={({ value: one }) => names.get(Number(one)) ?? `#${one}`}
      onChange={onChange}
    />
  );
}

/** Kinds of registries. */
export function RegistryKindSelect({ id, value, onChange, filter }: Chosen<string>) {
  const { t } = useTranslation('sync');
  const [looked, setLooked] = useState(false);
  const chosen = value ?? [];
  const wanted = looked || chosen.length > 0;
  const { data: kinds } = useKinds(wanted);
  const title = useKindTitle(wanted);
  return (
    <Select<string[]>
      id={id}
      {...several(t('kinds'), filter)}
      value={chosen}
      showSearch={{ optionFilterProp: 'label' }}
      onOpenChange={(open) => open && setLooked(true)}
      options={(kinds ?? []).map(({ kind }) => ({ value: kind, label: title(kind) }))}
      labelRender={({ value: one }) => title(`${one}`)}
      onChange={onChange}
    />
  );
}
