// The rules: what the program brings, what people added, and what was before.
import { useQuery } from '@tanstack/react-query';
import { Segmented } from 'antd';
import { useTranslation } from 'react-i18next';
import { api, data } from '@/api/client';
import { one, useFields, whole } from '@/app/url';
import { PageHead } from '@/parts/PageHead';
import { Again } from '@/parts/Refused';
import { TabLinks } from '@/parts/TabLinks';
import { BuiltIn } from './BuiltIn';
import { KINDS, PARTS, partsOf } from './kinds';
import { Own } from './Own';
import { Versions } from './Versions';
import './style.css';

const FIELDS = { kind: one(KINDS), part: one(PARTS), version: whole() };

/** The page. */
export default function Rules() {
  const { t } = useTranslation('rules');
  const [{ kind = 'secrets', part: asked, version }, change] = useFields(FIELDS);
  const {
    data: all,
    error,
    refetch,
  } = useQuery({
    queryKey: ['rules', 'all'],
    queryFn: () => data(api.GET('/api/v1/rules')),
  });
  const parts = partsOf(kind);
  const part = parts.find((known) => known === asked) ?? parts[0];
  const own = all?.find((rules) => rules.kind === kind);
  const count = (of: string) => all?.find((rules) => rules.kind === of)?.entries ?? 0;
  const tabs = KINDS.map((key) => ({
    key,
    label: count(key) > 0 ? `${t(`kind_.${key}`)} (${count(key)})` : t(`kind_.${key}`),
  }));
  return (
    <div className="page">
      <PageHead title={t('title')} about={t('about')} />
      {error && <Again error={error} again={refetch} />}
      <TabLinks
        title={t('kinds')}
        items={tabs}
        chosen={kind}
        choose={(key) => change({ kind: key, part: undefined, version: undefined })}
      />
      <p className="rules-about">{t(`about_.${kind}`)}</p>
      <Segmented
        className="rules-parts"
        aria-label={t('parts')}
        value={part}
        options={parts.map((value) => ({ value, label: t(`part.${value}`) }))}
        onChange={(value) => change({ part: value, version: undefined })}
      />
      {part === 'built-in' && <BuiltIn key={kind} kind={kind} />}
      {part === 'own' && <Own key={kind} kind={kind} />}
      {part === 'versions' && (
        <Versions kind={kind} holding={own?.version ?? 0} open={version} choose={(next) => change({ version: next })} />
      )}
    </div>
  );
}
