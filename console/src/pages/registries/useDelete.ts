// Forgetting a registry: asks first, and says what goes with it.
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { App } from 'antd';
import { useTranslation } from 'react-i18next';
import { api, data } from '@/api/client';
import { useWords } from '@/parts/Refused';
import type { Registry } from './columns';

/** Asks, then forgets the registry with all its images. */
export function useDelete(done: () => void) {
  const { t } = useTranslation('registries');
  const { modal, message } = App.useApp();
  const client = useQueryClient();
  const words = useWords();
  const remove = useMutation({
    mutationFn: (id: number) => data(api.DELETE('/api/v1/registries/{id}', { params: { path: { id } } })),
    onSuccess: () => {
      message.success(t('deleted'));
      done();
      for (const name of ['registries', 'images', 'risks']) void client.invalidateQueries({ queryKey: [name] });
    },
    onError: (error) => message.error(words(error).detail ?? words(error).title),
  });
  const ask = (registry: Registry) =>
    void modal.confirm({
      title: t('deleteTitle', { name: registry.name }),
      content: t('deleteHelp', { count: registry.images }),
      okText: t('delete'),
      okButtonProps: { danger: true },
      onOk: () => remove.mutateAsync(registry.id),
    });
  return { ask };
}
