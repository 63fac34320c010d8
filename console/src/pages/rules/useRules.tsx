// The rules as the server keeps them, and how to replace them.
import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { App, Button } from 'antd';
import { useTranslation } from 'react-i18next';
import { api, data, type Schemas } from '@/api/client';
import type { Kind } from './kinds';

export type Changed = Schemas['RuleChanged'];
export type Change = { content: string; remark: string; replaces: number };

/** The rules of a kind that hold. */
export function useHolding(kind: Kind, wanted = true) {
  return useQuery({
    queryKey: ['rules', 'one', kind],
    queryFn: () => data(api.GET('/api/v1/rules/{kind}', { params: { path: { kind } } })),
    enabled: wanted,
  });
}

/** Replaces the rules of a kind, if nobody else did meanwhile. */
export function replace(kind: Kind, { content, remark, replaces }: Change): Promise<Changed> {
  return data(
    api.PUT('/api/v1/rules/{kind}', {
      params: { path: { kind }, header: { 'if-match': `"${replaces}"` } },
      body: { content, remark },
    }),
  );
}

/** Tells what a change of rules makes the server do. */
export function useTellChanged(): (changed: Changed) => void {
  const { t } = useTranslation('rules');
  const { notification } = App.useApp();
  const navigate = useNavigate();
  return ({ version, tasks }) =>
    notification.success({
      title: t('changed', { version }),
      description:
        tasks.length > 0 ? (
          <>
            {t('rescans')}{' '}
            {tasks.map((task) => (
              <Button
                key={task}
                type="link"
                size="small"
                onClick={() => void navigate({ to: '/tasks', search: { task: `${task}` } } as never)}
              >
                {t('task', { task })}
              </Button>
            ))}
          </>
        ) : (
          t('rescansNothing')
        ),
      placement: 'bottomRight',
      key: 'rules',
    });
}
