// The risks of one kind, and decisions about several at once.
import { useNavigate } from '@tanstack/react-router';
import { type ReactNode, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api, data, type Schemas } from '@/api/client';
import { useMay } from '@/app/session';
import { DecisionDialog } from '@/parts/decisions/DecisionDialog';
import { PickedBar } from '@/parts/image/filterParts';
import { QueryTable } from '@/parts/table/QueryTable';
import { useSelection } from '@/parts/table/selection';
import { type Risk, useRiskColumns } from './columns';
import { FilterBar } from './FilterBar';
import type { Wanted } from './fields';

type List = {
  kind: Schemas['FindingKind'];
  wanted: Wanted;
  change: (wanted: Wanted) => void;
  empty: ReactNode;
};

/** Numbers for rules, by which tables pick them: in the order in which they were first seen. */
function useNumbers() {
  const rules = useRef<string[]>([]);
  const numberOf = ({ rule }: Risk) => {
    const at = rules.current.indexOf(rule);
    return at < 0 ? rules.current.push(rule) - 1 : at;
  };
  const rulesOf = (numbers: Iterable<number>) => [...numbers].flatMap((number) => rules.current[number] ?? []);
  return { numberOf, rulesOf };
}

/** The list. */
export function RiskList({ kind, wanted, change, empty }: List) {
  const { t } = useTranslation('risks');
  const navigate = useNavigate();
  const mayDecide = useMay('operator');
  const columns = useRiskColumns(kind);
  const { sort, kind: _kind, ...filter } = wanted;
  const picker = useSelection({ kind, filter });
  const { numberOf, rulesOf } = useNumbers();
  const [deciding, setDeciding] = useState(false);
  const rules = rulesOf(picker.selection.ids);
  const open = ({ rule }: Risk) => {
    void navigate({ to: '/risks/$kind/$rule', params: { kind, rule } } as never);
  };
  return (
    <>
      {picker.some && (
        <PickedBar
          words={t('picked', { count: rules.length })}
          clear={picker.clear}
          decide={() => setDeciding(true)}
          decideWords={t('decideAll')}
        />
      )}
      <QueryTable<Risk>
        name={`risks.${kind === 'vulnerabilities' ? kind : 'others'}`}
        queryKey={['risks', 'list', kind, filter, sort]}
        load={(page) => {
          const query = { ...filter, kind: [kind], sort, ...page };
          return data(api.GET('/api/v1/risks', { params: { query } }));
        }}
        toolbar={<FilterBar kind={kind} wanted={wanted} change={change} />}
        columns={columns}
        rowKey={numberOf}
        open={open}
        picker={mayDecide ? picker : undefined}
        sort={sort && { key: sort, descending: true }}
        sorted={(next) => change({ sort: next.key as Wanted['sort'] })}
        empty={empty}
      />
      <DecisionDialog
        open={deciding}
        subjects={rules.map((rule) => ({ kind, rule, fingerprint: '', package: '', path: '' }))}
        what={rules}
        close={() => setDeciding(false)}
        done={picker.clear}
      />
    </>
  );
}
