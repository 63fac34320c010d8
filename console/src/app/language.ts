import { useQueryClient } from '@tanstack/react-query';
import { useCallback } from 'react';
import { api, data } from '@/api/client';
import type { Language } from '@/i18n';

/** Keeps the language that a person chose with the account, for mails, exports and other machines. */
export function useKeptLanguage(): (language: Language) => void {
  const client = useQueryClient();
  return useCallback(
    (language) => {
      void data(api.PATCH('/api/v1/me', { body: { language } })).then((me) => {
        client.setQueryData(['me'], (before: typeof me | undefined) => ({ ...before, ...me }));
      });
    },
    [client],
  );
}
