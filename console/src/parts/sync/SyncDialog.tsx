// The data update of registries: all of them, those of some kinds, or some.
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { App, Form, Modal, Radio } from 'antd';
import { useTranslation } from 'react-i18next';
import { api, data, type Schemas } from '@/api/client';
import { RefusedForm } from '@/parts/RefusedForm';
import { RegistryKindSelect, RegistrySelect } from './RegistrySelect';

const SCOPES = ['all', 'kinds', 'registries'] as const;
type Wanted = { scope: (typeof SCOPES)[number]; kinds?: string[]; registries?: number[] };

function requestOf({ scope, kinds, registries }: Wanted): Schemas['SyncRequest'] {
  switch (scope) {
    case 'kinds':
      return { kinds };
    case 'registries':
      return { registries };
    default:
      return { all: true };
  }
}

/** Asks for a synchronisation. */
export function useSync(done?: () => void) {
  const { t } = useTranslation('sync');
  const { message } = App.useApp();
  const client = useQueryClient();
  return useMutation({
    mutationFn: (wanted: Wanted) => data(api.POST('/api/v1/registries/sync', { body: requestOf(wanted) })),
    onSuccess: (task) => {
      message.success(t('begun', { count: task.total }));
      void client.invalidateQueries({ queryKey: ['tasks'] });
      done?.();
    },
  });
}

type Dialog = {
  open: boolean;
  /** The registries that were picked before. */
  given?: number[];
  close: () => void;
};

/** The dialog: which registries are to be listed. */
export function SyncDialog({ open, given, close }: Dialog) {
  const { t } = useTranslation('sync');
  const [form] = Form.useForm<Wanted>();
  const scope = Form.useWatch('scope', form);
  const sync = useSync(close);
  const needed = [{ required: true, message: t('required') }];
  const initial: Wanted = given ? { scope: 'registries', registries: given } : { scope: 'all' };
  return (
    <Modal
      open={open}
      width={560}
      title={t('title')}
      okText={t('now')}
      confirmLoading={sync.isPending}
      destroyOnHidden
      onOk={form.submit}
      onCancel={close}
      afterClose={sync.reset}
    >
      <Form<Wanted>
        form={form}
        clearOnDestroy
        layout="vertical"
        initialValues={initial}
        onFinish={(wanted) => sync.mutate(wanted)}
        requiredMark={false}
      >
        {sync.error && <RefusedForm error={sync.error} />}
        <Form.Item name="scope" label={t('scope')}>
          <Radio.Group options={SCOPES.map((value) => ({ value, label: t(`scope_.${value}`) }))} />
        </Form.Item>
        {scope === 'kinds' && (
          <Form.Item name="kinds" label={t('kinds')} rules={needed}>
            <RegistryKindSelect />
          </Form.Item>
        )}
        {scope === 'registries' && (
          <Form.Item name="registries" label={t('registries')} rules={needed}>
            <RegistrySelect />
          </Form.Item>
        )}
        <p className="consequence">{t('help')}</p>
      </Form>
    </Modal>
  );
}
