// How advisories are kept up to date.
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { App, Button, Form, Input, InputNumber, Select } from 'antd';
import { useTranslation } from 'react-i18next';
import { RefusedForm } from '@/parts/RefusedForm';
import { SEVERITIES } from '@/parts/Severity';
import { putSettings, type Settings } from './useAdvisories';

const MOST_HOURS = 8760;

/** The form; who may not change it reads it. */
export function SettingsForm({ settings, mayChange }: { settings: Settings; mayChange: boolean }) {
  const { t } = useTranslation('advisories');
  const { message } = App.useApp();
  const client = useQueryClient();
  const save = useMutation({
    mutationFn: (wanted: Settings) =>
      putSettings({
        ...settings,
        ...wanted,
        mirror: wanted.mirror?.trim() || null,
        certificate_authorities: wanted.certificate_authorities?.trim() || null,
      }),
    onSuccess: () => {
      message.success(t('saved'));
      void client.invalidateQueries({ queryKey: ['advisories'] });
    },
  });
  const keys = (_: unknown, given?: string[]) =>
    given?.every((key) => /^[0-9a-fA-F]{64}$/.test(key)) === false
      ? Promise.reject(new Error(t('keyRule')))
      : Promise.resolve();
  return (
    <Form<Settings>
      layout="vertical"
      className="advisory-settings"
      requiredMark={false}
      initialValues={settings}
      disabled={!mayChange}
      onFinish={(wanted) => save.mutate(wanted)}
    >
      <RefusedForm error={save.error} />
      <Form.Item name="interval_hours" label={t('interval')} extra={t('intervalHelp')}>
        <InputNumber min={0} max={MOST_HOURS} precision={0} suffix={t('hours')} />
      </Form.Item>
      <Form.Item name="event_severity" label={t('eventSeverity')} extra={t('eventSeverityHelp')}>
        <Select options={SEVERITIES.map((value) => ({ value, label: t(`severity.${value}`) }))} />
      </Form.Item>
      <Form.Item name="mirror" label={t('mirror')} extra={t('mirrorHelp')}>
        <Input maxLength={2000} placeholder="https://mirror.example.com/lazaret" spellCheck={false} />
      </Form.Item>
      <Form.Item name="certificate_authorities" label={t('authorities')} extra={t('authoritiesHelp')}>
        <Input.TextArea
          className="code"
          autoSize={{ minRows: 2, maxRows: 10 }}
          placeholder="-----BEGIN CERTIFICATE-----"
          spellCheck={false}
        />
      </Form.Item>
      <Form.Item name="bundle_keys" label={t('keys')} extra={t('keysHelp')} rules={[{ validator: keys }]}>
        <Select mode="tags" open={false} suffixIcon={null} tokenSeparators={[' ', ',', '\n']} />
      </Form.Item>
      {mayChange && (
        <Button type="primary" htmlType="submit" loading={save.isPending}>
          {t('save')}
        </Button>
      )}
    </Form>
  );
}
