// One version of the rules beside the one that was before it.
import { useQuery } from '@tanstack/react-query';
import { Drawer, Empty, Skeleton } from 'antd';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { api, data } from '@/api/client';
import { Again } from '@/parts/Refused';
import { Words } from '@/parts/Values';
import { difference } from './diff';
import type { Kind } from './kinds';

type Open = { kind: Kind; version: number | undefined; close: () => void };

const SIGNS = { same: ' ', gone: '−', new: '+' };

/** The drawer of the version that is open. */
export function VersionDrawer({ kind, version, close }: Open) {
  const { t } = useTranslation('rules');
  return (
    <Drawer
      open={version !== undefined}
      onClose={close}
      size="min(960px, 92vw)"
      destroyOnHidden
      title={t('versionTitle', { version, before: (version ?? 1) - 1 })}
    >
      {version !== undefined && <Difference kind={kind} version={version} />}
    </Drawer>
  );
}

function useContent(kind: Kind, version: number) {
  return useQuery({
    queryKey: ['rules', 'version', kind, version],
    queryFn: async () => {
      if (version < 1) return '';
      const path = { kind, version };
      return (await data(api.GET('/api/v1/rules/{kind}/versions/{version}', { params: { path } }))).content;
    },
    staleTime: Number.POSITIVE_INFINITY,
  });
}

/** What the version changed. */
function Difference({ kind, version }: { kind: Kind; version: number }) {
  const { t } = useTranslation('rules');
  const before = useContent(kind, version - 1);
  const after = useContent(kind, version);
  const lines = useMemo(
    () => (before.data === undefined || after.data === undefined ? [] : difference(before.data, after.data)),
    [before.data, after.data],
  );
  const error = before.error ?? after.error;
  if (error) return <Again error={error} again={() => Promise.all([before.refetch(), after.refetch()])} />;
  if (before.isPending || after.isPending) return <Skeleton active />;
  if (lines.length === 0) return <Empty description={t('noLines')} />;
  return (
    <pre className="difference">
      {lines.map(({ kind: change, text }, at) => (
        <div key={at} className={`line line-${change}`}>
          <span className="line-sign">
            <span aria-hidden>{SIGNS[change]}</span>
            {change !== 'same' && <span className="line-word">{t(`line.${change}`)}</span>}
          </span>
          <Words of={text || ' '} />
        </div>
      ))}
    </pre>
  );
}
