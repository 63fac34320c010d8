// The data update: what container engines have is read anew.
import { useMutation } from '@tanstack/react-query';
import { App } from 'antd';
import { useTranslation } from 'react-i18next';
import { api, data } from '@/api/client';
import { useWords } from '@/parts/Refused';

/** Asks first, since every engine is read anew. */
export function useRefresh() {
  const { t } = useTranslation('engines');
  const { modal, message } = App.useApp();
  const words = useWords();
  const refresh = useMutation({
    mutationFn: () => data(api.POST('/api/v1/engines/refresh')),
    // What a message gives back waits until it is gone, which no question has to.
    onSuccess: () => {
      message.success(t('begun'));
    },
    onError: (error) => {
      message.error(words(error).detail ?? words(error).title);
    },
  });
  const ask = () =>
    void modal.confirm({
      title: t('askTitle'),
      content: t('askHelp'),
      okText: t('update'),
      onOk: () => refresh.mutateAsync(),
    });
  return { ask, isPending: refresh.isPending };
}
