// Whether images have to be authorised, how many may be, and which are by themselves.
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Alert, App, Form, InputNumber, Select, Switch } from 'antd';
import { useTranslation } from 'react-i18next';
import { api, data, type Schemas } from '@/api/client';
import { FormDrawer } from '@/parts/FormDrawer';
import { useTotal } from '@/parts/images/ScanDialog';
import { Patterns } from '@/parts/Patterns';

type Authorisation = Schemas['Authorisation'];
type Rule = Schemas['AuthorisationRule'];
type Values = { enabled: boolean; quota?: number | null; automatic: boolean; rule?: Rule };

const KINDS: Schemas['ImageKind'][] = ['local', 'registry', 'ci', 'archive'];
const MOST = 1_000_000_000;
const MOST_NAMES = 50;
const EVERYTHING = {};

/** Keeps other settings. */
function useSave(close: () => void) {
  const { t } = useTranslation('authorisation');
  const { message } = App.useApp();
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ enabled, quota, automatic, rule }: Values) => {
      const kept = automatic ? { ...rule, daily: rule?.daily ?? 0 } : undefined;
      const body = { enabled, quota: quota ?? undefined, rule: kept };
      return data(api.PUT('/api/v1/authorisation/settings', { body }));
    },
    onSuccess: () => {
      message.success(t('saved'));
      for (const name of ['authorisation', 'images']) void client.invalidateQueries({ queryKey: [name] });
      close();
    },
  });
}

/** The drawer. */
export function SettingsForm({ of, open, close }: { of: Authorisation; open: boolean; close: () => void }) {
  const { t } = useTranslation('authorisation');
  const { modal } = App.useApp();
  const [form] = Form.useForm<Values>();
  const enabled = Form.useWatch('enabled', form) ?? of.enabled;
  const automatic = Form.useWatch('automatic', form) ?? Boolean(of.rule);
  const leave = () => {
    save.reset();
    close();
  };
  const save = useSave(leave);
  const turnsOn = enabled && !of.enabled;
  const images = useTotal(open && turnsOn, EVERYTHING);
  const initial: Values = {
    enabled: of.enabled,
    quota: of.quota,
    automatic: Boolean(of.rule),
    rule: of.rule ?? undefined,
  };
  const finish = (values: Values) => {
    if (!turnsOn) return save.mutate(values);
    modal.confirm({
      title: t('turnOnTitle'),
      content: t('turnOnHelp', { count: images ?? 0, used: of.used }),
      okText: t('turnOn'),
      onOk: () => save.mutate(values),
    });
  };
  return (
    <FormDrawer
      open={open}
      title={t('settings')}
      error={save.error}
      saving={save.isPending}
      save={form.submit}
      close={leave}
    >
      <Form<Values> form={form} clearOnDestroy layout="vertical" initialValues={initial} onFinish={finish}>
        <Form.Item name="enabled" valuePropName="checked" label={t('enabled')} extra={t('enabledHelp')} required>
          <Switch />
        </Form.Item>
        {turnsOn && images !== undefined && (
          <Alert
            type="warning"
            showIcon
            title={t('turnOnHelp', { count: images, used: of.used })}
            className="form-alert"
          />
        )}
        <Form.Item name="quota" label={t('card.quota')} extra={t('quotaHelp', { count: of.used })}>
          <InputNumber min={0} max={MOST} precision={0} placeholder={t('unlimited')} className="quota-number" />
        </Form.Item>
        <Form.Item name="automatic" valuePropName="checked" label={t('automatic')} extra={t('automaticHelp')} required>
          <Switch />
        </Form.Item>
        {automatic && <RuleFields />}
      </Form>
    </FormDrawer>
  );
}

/** Which new images are authorised by themselves: all that is said must fit. */
function RuleFields() {
  const { t } = useTranslation('authorisation');
  return (
    <section>
      <Form.Item
        name={['rule', 'daily']}
        label={t('daily')}
        extra={t('dailyHelp')}
        getValueProps={(daily?: number) => ({ value: daily || null })}
      >
        <InputNumber min={1} max={MOST} precision={0} placeholder={t('unlimited')} className="quota-number" />
      </Form.Item>
      <Form.Item name={['rule', 'kinds']} label={t('kinds')}>
        <Select
          mode="multiple"
          allowClear
          showSearch={false}
          placeholder={t('anyKind')}
          options={KINDS.map((value) => ({ value, label: t(`imageKind.${value}`) }))}
        />
      </Form.Item>
      <Form.Item name={['rule', 'names']} label={t('names')} extra={t('namesHelp')}>
        <Patterns max={MOST_NAMES} placeholder="harbor.example/shop/*" />
      </Form.Item>
    </section>
  );
}
