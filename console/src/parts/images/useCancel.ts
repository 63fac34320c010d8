// Giving scans up: those of one image, or of all that were picked.
import { App } from 'antd';
import { useTranslation } from 'react-i18next';
import { api, data, type Schemas } from '@/api/client';
import { useAct } from '@/parts/act';

/** Gives up what is asked for, and tells how many scans that were. */
export function useCancel() {
  const { t } = useTranslation('images');
  const { message } = App.useApp();
  return useAct((body: Schemas['ScanCancelRequest']) => data(api.POST('/api/v1/scans/cancel', { body })), {
    changes: ['images'],
    done: (told) => void message.success(t('cancelled', { count: told.given_up })),
  });
}
