// Doing something at a press: what was refused is told, what changed is asked for again.
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { App } from 'antd';
import type { ReactNode } from 'react';
import { useWords } from './Refused';

type After<What, Result> = {
  /** The first words of what is asked for again. */
  changes: string[];
  done?: (result: Result, what: What) => void;
};

type Question = { title: string; content: ReactNode; okText: string; danger?: boolean };

/** One thing that can be done, at once or after a question. */
export function useAct<What, Result>(act: (what: What) => Promise<Result>, { changes, done }: After<What, Result>) {
  const { message, modal } = App.useApp();
  const client = useQueryClient();
  const words = useWords();
  const doing = useMutation({
    mutationFn: act,
    onSuccess: (result, what) => done?.(result, what),
    onError: (error) => {
      const { title, detail } = words(error);
      message.error(detail ? `${title}: ${detail}` : title, 6);
    },
    onSettled: () => {
      for (const name of changes) void client.invalidateQueries({ queryKey: [name] });
    },
  });
  const ask = (what: What, { danger, ...question }: Question) =>
    void modal.confirm({
      ...question,
      okButtonProps: { danger },
      onOk: () => doing.mutateAsync(what).catch(() => undefined),
    });
  return { act: doing.mutate, ask, isPending: doing.isPending, what: doing.variables };
}
