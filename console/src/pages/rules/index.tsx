// The rules: what the program brings, what people added, and what was before.
import { useQuery } from '@tanstack/react-query';
import { Segmented } from 'antd';
import { useTranslation } from 'react-i18next';
import { api, data } from '@/api/client';
import { one, useFields, whole } from '@/app/url';
import { PageHead } from '@/parts/PageHead';
import { Again } from '@/parts/Refused';
import { TabBar } from '@/parts/tabs/TabBar';
import { BuiltIn } from './BuiltIn';
import { KINDS, type Kind, PARTS, type Part, partsOf } from './kinds';
import { Own } from './Own';
import { Versions } from './Versions';
import './style.css';

const FIELDS = { kind: one(KINDS), part: one(PARTS), version: whole() };

/** The page. */
export default function Rules() {
  const { t } = useTranslation('rules');
  const [{ kind = 'secrets', part, version }, change] = useFields(FIELDS);
  const {
    data: all,
    error,
    refetch,
  } = useQuery({
    queryKey: ['rules', 'all'],
    queryFn: () => data(api.GET('/api/v1/rules')),
  });
  const count = (of: string) => all?.find((rules) => rules.kind === of)?.entries;
  const holding = all?.find((rules) => rules.kind === kind)?.version ?? 0;
  const content = <OfKind kind={kind} asked={part} version={version} holding={holding} change={change} />;
  return (
    <div className="page">
      <PageHead title={t('title')} about={t('about')} />
      {error && <Again error={error} again={refetch} />}
      <TabBar
        name={t('kinds')}
        tabs={KINDS.map((key) => ({ key, title: t(`kind_.${key}`), count: count(key), children: content }))}
        chosen={kind}
        choose={(key) => change({ kind: key, part: undefined, version: undefined })}
      />
    </div>
  );
}

type Chosen = {
  kind: Kind;
  /** The part the address asks for, which not every kind has. */
  asked: Part | undefined;
  version: number | undefined;
  /** The version that holds. */
  holding: number;
  change: (wanted: { part?: Part; version?: number }) => void;
};

/** The rules of a kind. */
function OfKind({ kind, asked, version, holding, change }: Chosen) {
  const { t } = useTranslation('rules');
  const parts = partsOf(kind);
  const part = parts.find((known) => known === asked) ?? parts[0];
  return (
    <>
      <p className="rules-about">{t(`about_.${kind}`)}</p>
      <Segmented
        className="rules-parts"
        aria-label={t('parts')}
        value={part}
        options={parts.map((value) => ({ value, label: t(`part.${value}`) }))}
        onChange={(value) => change({ part: value, version: undefined })}
      />
      {part === 'built-in' && <BuiltIn kind={kind} />}
      {part === 'own' && <Own kind={kind} />}
      {part === 'versions' && (
        <Versions kind={kind} holding={holding} open={version} choose={(next) => change({ version: next })} />
      )}
    </>
  );
}
