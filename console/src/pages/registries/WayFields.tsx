// The way to a registry: certificates, proxies.
import { Checkbox, Form, Input } from 'antd';
import type { CheckboxChangeEvent } from 'antd/es/checkbox';
import { useTranslation } from 'react-i18next';

/** Which certificates are trusted, and whether a proxy is on the way. */
export function WayFields({ withSecrets }: { withSecrets: boolean }) {
  const { t } = useTranslation('registries');
  const anything = Form.useWatch<boolean | undefined>(['settings', 'accept_any_certificate']);
  return (
    <section className="form-part">
      <h2>{t('part.way')}</h2>
      <Form.Item
        name={['settings', 'accept_any_certificate']}
        valuePropName="checked"
        getValueProps={(accepts?: boolean) => ({ checked: !accepts })}
        getValueFromEvent={(event: CheckboxChangeEvent) => !event.target.checked}
        extra={t(anything ? 'anyCertificate' : 'certificateHelp')}
      >
        <Checkbox>{t('checkCertificate')}</Checkbox>
      </Form.Item>
      <Form.Item name={['settings', 'authorities']} label={t('field.authorities')} extra={t('fieldHelp.authorities')}>
        <Input.TextArea
          autoSize={{ minRows: 2, maxRows: 8 }}
          maxLength={262_144}
          placeholder="-----BEGIN CERTIFICATE-----"
          spellCheck={false}
        />
      </Form.Item>
      {withSecrets && (
        <Form.Item name={['secrets', 'proxy']} label={t('field.proxy')} extra={t('fieldHelp.proxy')}>
          <Input.Password autoComplete="new-password" placeholder="http://proxy.example:3128" />
        </Form.Item>
      )}
      <div className="form-pair">
        <Form.Item name={['settings', 'no_proxy']} valuePropName="checked" extra={t('fieldHelp.no_proxy')}>
          <Checkbox>{t('field.no_proxy')}</Checkbox>
        </Form.Item>
        <Form.Item name={['settings', 'plain_http']} valuePropName="checked" extra={t('fieldHelp.plain_http')}>
          <Checkbox>{t('field.plain_http')}</Checkbox>
        </Form.Item>
      </div>
    </section>
  );
}
