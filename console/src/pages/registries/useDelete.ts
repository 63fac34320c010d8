// Forgetting registries: asks first, and says what goes with them.
import { App } from 'antd';
import { useTranslation } from 'react-i18next';
import { api, data } from '@/api/client';
import { useAct } from '@/parts/act';
import type { Registry } from './columns';

/** One after the other: what was forgotten before one is refused stays so. */
async function forget(ids: number[]): Promise<void> {
  for (const id of ids) await data(api.DELETE('/api/v1/registries/{id}', { params: { path: { id } } }));
}

/** Asks, then forgets registries with all their images. */
export function useDelete(done: () => void) {
  const { t } = useTranslation('registries');
  const { message } = App.useApp();
  const remove = useAct(forget, {
    changes: ['registries', 'images', 'risks'],
    done: (_, ids) => {
      message.success(t('deleted', { count: ids.length }));
      done();
    },
  });
  const ask = (ids: number[], title: string, content: string) =>
    remove.ask(ids, { title, content, okText: t('delete'), danger: true });
  return {
    ask: ({ id, name, images }: Registry) => ask([id], t('deleteTitle', { name }), t('deleteHelp', { count: images })),
    askAll: (ids: number[]) => ask(ids, t('deletePicked', { count: ids.length }), t('deletePickedHelp')),
  };
}
