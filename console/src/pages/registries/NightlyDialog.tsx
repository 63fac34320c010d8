// The hours of the night in which registries are listed.
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { App, Form, Modal, Skeleton } from 'antd';
import { useTranslation } from 'react-i18next';
import { api, data, type Schemas } from '@/api/client';
import { useMay } from '@/app/session';
import { WindowFields } from '@/parts/clock/WindowFields';
import { ZoneSelect } from '@/parts/clock/ZoneSelect';
import { Again } from '@/parts/Refused';
import { RefusedForm } from '@/parts/RefusedForm';

type Hours = Schemas['NightlyHours'];

/** The dialog; who may not change the hours reads them. */
export function NightlyDialog({ open, close }: { open: boolean; close: () => void }) {
  const { t } = useTranslation('registries');
  const mayChange = useMay('administrator');
  const { message } = App.useApp();
  const client = useQueryClient();
  const [form] = Form.useForm<Hours>();
  const hours = useQuery({
    queryKey: ['nightly'],
    queryFn: () => data(api.GET('/api/v1/registries/nightly')),
    enabled: open,
  });
  const save = useMutation({
    mutationFn: (body: Hours) => data(api.PUT('/api/v1/registries/nightly', { body })),
    onSuccess: (saved) => {
      client.setQueryData(['nightly'], saved);
      message.success(t('nightlySaved'));
      close();
    },
  });
  return (
    <Modal
      open={open}
      title={t('nightlyHours')}
      okText={t('save')}
      confirmLoading={save.isPending}
      footer={mayChange ? undefined : null}
      destroyOnHidden
      onOk={form.submit}
      onCancel={close}
      afterClose={save.reset}
    >
      <p className="consequence">{t('nightlyAbout')}</p>
      {hours.error && <Again error={hours.error} again={hours.refetch} />}
      {save.error && <RefusedForm error={save.error} />}
      {hours.data ? (
        <Form<Hours>
          form={form}
          clearOnDestroy
          layout="vertical"
          disabled={!mayChange}
          initialValues={hours.data}
          onFinish={(wanted) => save.mutate(wanted)}
        >
          <WindowFields name={[]} label={t('hours')} help={t('hoursHelp')} />
          <Form.Item name="zone" label={t('zone')} rules={[{ required: true, message: t('required') }]}>
            <ZoneSelect />
          </Form.Item>
        </Form>
      ) : (
        !hours.error && <Skeleton active />
      )}
    </Modal>
  );
}
