// Authorising images, or withdrawing them: all, those of some kinds, or some.
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { App, Checkbox, Form, InputNumber, Modal, Radio, Select } from 'antd';
import { useTranslation } from 'react-i18next';
import { api, data, type Schemas } from '@/api/client';
import type { Filter } from '@/parts/images/filters';
import { ImagePicker } from '@/parts/images/ImagePicker';
import { useTotal } from '@/parts/images/ScanDialog';
import { RefusedForm } from '@/parts/RefusedForm';

type Doing = 'authorise' | 'withdraw';
type Values = {
  scope: 'all' | 'kinds' | 'picked';
  kinds?: Schemas['ImageKind'][];
  images?: number[];
  count?: number | null;
  scan?: boolean;
};

const SCOPES = ['all', 'kinds', 'picked'] as const;
const KINDS: Schemas['ImageKind'][] = ['local', 'registry', 'ci', 'archive'];

/** The images that can be authorised or withdrawn at all. */
const changeable = (doing: Doing | undefined): Filter => ({ authorised: doing === 'withdraw' });

function useGrant(doing: Doing | undefined, close: () => void) {
  const { t } = useTranslation('authorisation');
  const { message } = App.useApp();
  const client = useQueryClient();
  return useMutation({
    mutationFn: async ({ scope, kinds, images, count, scan }: Values) => {
      const filter = scope === 'kinds' ? { ...changeable(doing), kind: kinds } : changeable(doing);
      const which = scope === 'picked' ? { images } : { filter };
      if (doing === 'withdraw') {
        const told = await data(api.POST('/api/v1/authorisation/withdraw', { body: which }));
        return t('withdrawn', { count: told.withdrawn, back: told.given_back });
      }
      const body = { ...which, count: count ?? undefined, scan };
      const told = await data(api.POST('/api/v1/authorisation', { body }));
      return t('authorised', { count: told.authorised, refused: told.refused });
    },
    onSuccess: (told) => {
      message.success(told);
      for (const name of ['authorisation', 'images', 'tasks']) void client.invalidateQueries({ queryKey: [name] });
      close();
    },
  });
}

/** The dialog; none is open while nothing is done. */
export function GrantDialog({ doing, left, close }: { doing: Doing | undefined; left?: number; close: () => void }) {
  const { t } = useTranslation('authorisation');
  const [form] = Form.useForm<Values>();
  const values = Form.useWatch((all: Values) => all, form) ?? { scope: 'all' };
  const grant = useGrant(doing, close);
  const filter: Filter = { ...changeable(doing), ...(values.scope === 'kinds' ? { kind: values.kinds ?? [] } : {}) };
  const total = useTotal(doing !== undefined && values.scope !== 'picked', filter);
  const count = values.scope === 'picked' ? values.images?.length : total;
  const needed = [{ required: true, message: t('required') }];
  return (
    <Modal
      open={doing !== undefined}
      width={values.scope === 'picked' ? 860 : 560}
      title={t(doing === 'withdraw' ? 'withdraw' : 'authorise')}
      okText={t(doing === 'withdraw' ? 'withdrawNow' : 'authoriseNow')}
      confirmLoading={grant.isPending}
      destroyOnHidden
      onOk={form.submit}
      onCancel={close}
      afterClose={grant.reset}
    >
      <Form<Values>
        form={form}
        clearOnDestroy
        layout="vertical"
        initialValues={{ scope: doing === 'withdraw' ? 'picked' : 'all' }}
        onFinish={(wanted) => grant.mutate(wanted)}
      >
        {grant.error && <RefusedForm error={grant.error} />}
        <Form.Item name="scope" label={t('scope')} required>
          <Radio.Group options={SCOPES.map((value) => ({ value, label: t(`scope_.${value}`) }))} />
        </Form.Item>
        {values.scope === 'kinds' && (
          <Form.Item name="kinds" label={t('kinds')} rules={needed}>
            <Select
              mode="multiple"
              showSearch={false}
              options={KINDS.map((value) => ({ value, label: t(`imageKind.${value}`) }))}
            />
          </Form.Item>
        )}
        {values.scope === 'picked' && (
          <Form.Item name="images" rules={needed}>
            <Picked filter={filter} />
          </Form.Item>
        )}
        {doing === 'authorise' && <More picked={values.scope === 'picked'} />}
        {doing && count !== undefined && (
          <p className="consequence">
            {t(`will.${doing}`, { count })}
            {doing === 'authorise' && left !== undefined && ` ${t('leftNow', { count: left })}`}
          </p>
        )}
      </Form>
    </Modal>
  );
}

type Picking = { filter: Filter; value?: number[]; onChange?: (images: number[]) => void };

function Picked({ filter, value, onChange }: Picking) {
  return <ImagePicker filter={filter} picked={value ?? []} pick={(images) => onChange?.(images)} />;
}

/** How many at most, and whether they are scanned at once. */
function More({ picked }: { picked: boolean }) {
  const { t } = useTranslation('authorisation');
  return (
    <>
      {!picked && (
        <Form.Item name="count" label={t('atMost')} extra={t('atMostHelp')}>
          <InputNumber
            min={1}
            max={1_000_000_000}
            precision={0}
            placeholder={t('unlimited')}
            className="quota-number"
          />
        </Form.Item>
      )}
      <Form.Item name="scan" valuePropName="checked">
        <Checkbox>{t('scanThen')}</Checkbox>
      </Form.Item>
    </>
  );
}
