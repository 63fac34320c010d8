// The rules that come with the program: each can be switched off. Changes are kept together, since each change scans again.
import { useQuery } from '@tanstack/react-query';
import { Checkbox, Input, Switch, Table, type TableColumnsType } from 'antd';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api, data, type Schemas } from '@/api/client';
import { useMay } from '@/app/session';
import { inLanguage } from '@/i18n';
import { Again } from '@/parts/Refused';
import { SEVERITIES, SeverityTag } from '@/parts/Severity';
import { Name } from '@/parts/Values';
import type { Kind } from './kinds';
import { SwitchBar } from './SwitchBar';

type Rule = Schemas['BuiltInRule'];

/** The list. */
export function BuiltIn({ kind }: { kind: Kind }) {
  const { t, i18n } = useTranslation('rules');
  const [search, setSearch] = useState('');
  const [onlyOff, setOnlyOff] = useState(false);
  const [wanted, setWanted] = useState<ReadonlyMap<string, boolean>>(new Map());
  const asked = useQuery({
    queryKey: ['rules', 'built-in', kind],
    queryFn: () => data(api.GET('/api/v1/rules/built-in', { params: { query: { kind } } })),
  });
  const shown = useMemo(() => {
    const sought = search.trim().toLowerCase();
    return (asked.data ?? []).filter(
      (rule) =>
        !(onlyOff && rule.enabled) &&
        `${rule.id} ${inLanguage(rule.title, i18n.language)}`.toLowerCase().includes(sought),
    );
  }, [asked.data, search, onlyOff, i18n.language]);
  const columns = useColumns(wanted, (rule, on) =>
    setWanted((before) => {
      const next = new Map(before);
      if (on === rule.enabled) next.delete(rule.id);
      else next.set(rule.id, on);
      return next;
    }),
  );
  if (asked.error) return <Again error={asked.error} again={asked.refetch} />;
  const off = asked.data?.filter((rule) => !rule.enabled).length ?? 0;
  return (
    <>
      <SwitchBar wanted={wanted} clear={() => setWanted(new Map())} />
      <section className="list">
        <div className="list-tools filters">
          <Input.Search
            className="search-box"
            allowClear
            value={search}
            placeholder={t('searchBuiltIn')}
            aria-label={t('searchBuiltIn')}
            onChange={(event) => setSearch(event.target.value)}
          />
          <Checkbox checked={onlyOff} onChange={(event) => setOnlyOff(event.target.checked)}>
            {t('onlyOff')}
          </Checkbox>
          <span className="grow" />
          <span className="quiet number">{t('builtInCount', { count: asked.data?.length ?? 0, off })}</span>
        </div>
        <Table<Rule>
          size="small"
          rowKey="id"
          loading={asked.isPending}
          columns={columns}
          dataSource={shown}
          tableLayout="fixed"
          scroll={{ x: 760 }}
          pagination={{ defaultPageSize: 50, pageSizeOptions: [20, 50, 100], showSizeChanger: true }}
        />
      </section>
    </>
  );
}

function useColumns(
  wanted: ReadonlyMap<string, boolean>,
  choose: (rule: Rule, on: boolean) => void,
): TableColumnsType<Rule> {
  const { t, i18n } = useTranslation('rules');
  const mayChange = useMay('administrator');
  return [
    {
      key: 'enabled',
      title: t('used'),
      width: 80,
      render: (_, rule) => (
        <Switch
          size="small"
          checked={wanted.get(rule.id) ?? rule.enabled}
          disabled={!mayChange}
          aria-label={inLanguage(rule.title, i18n.language)}
          onChange={(on) => choose(rule, on)}
        />
      ),
    },
    {
      key: 'severity',
      title: t('severityTitle'),
      width: 100,
      sorter: (a, b) => SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity),
      showSorterTooltip: false,
      render: (_, rule) => <SeverityTag severity={rule.severity} />,
    },
    { key: 'title', title: t('rule'), render: (_, rule) => <Name of={inLanguage(rule.title, i18n.language)} strong /> },
    {
      key: 'id',
      title: t('id'),
      width: 320,
      sorter: (a, b) => a.id.localeCompare(b.id),
      showSorterTooltip: false,
      render: (_, rule) => (
        <code>
          <Name of={rule.id} />
        </code>
      ),
    },
  ];
}
