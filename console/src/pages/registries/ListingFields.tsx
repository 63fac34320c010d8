// What of a registry is wanted, and when it is listed and scanned.
import { Checkbox, Form, Radio } from 'antd';
import { useTranslation } from 'react-i18next';
import { Patterns } from '@/parts/Patterns';
import { PerHour } from '@/parts/rate/PerHour';

const MOST_PATTERNS = 200;

/** Which repositories, how often, how fast. */
export function ListingFields() {
  const { t } = useTranslation('registries');
  const modes = [false, true].map((value) => ({ value, label: t(value ? 'incremental' : 'whole') }));
  const incremental = Form.useWatch<boolean | undefined>(['settings', 'incremental']) ?? false;
  return (
    <section className="form-part">
      <h2>{t('part.listing')}</h2>
      <Form.Item name={['settings', 'include']} label={t('field.include')} extra={t('fieldHelp.include')}>
        <Patterns max={MOST_PATTERNS} placeholder="shop/**:v*" />
      </Form.Item>
      <Form.Item name={['settings', 'exclude']} label={t('field.exclude')} extra={t('fieldHelp.exclude')}>
        <Patterns max={MOST_PATTERNS} placeholder="**/cache, **:*-debug" />
      </Form.Item>
      <Form.Item name={['settings', 'proxy_caches']} valuePropName="checked" extra={t('fieldHelp.proxy_caches')}>
        <Checkbox>{t('field.proxy_caches')}</Checkbox>
      </Form.Item>
      <Form.Item
        name={['settings', 'images_per_hour']}
        label={t('column.rate')}
        required
        extra={t('fieldHelp.images_per_hour')}
      >
        <PerHour />
      </Form.Item>
      <Form.Item name={['settings', 'nightly']} valuePropName="checked" extra={t('fieldHelp.nightly')}>
        <Checkbox>{t('field.nightly')}</Checkbox>
      </Form.Item>
      <Form.Item
        name={['settings', 'incremental']}
        label={t('field.incremental')}
        required
        extra={t(incremental ? 'fieldHelp.incremental' : 'fieldHelp.whole')}
        getValueProps={(value?: boolean) => ({ value: value ?? false })}
      >
        <Radio.Group options={modes} />
      </Form.Item>
      <Form.Item
        name={['settings', 'scan_new']}
        valuePropName="checked"
        extra={t(incremental ? 'fieldHelp.scan_new' : 'fieldHelp.scan_latest')}
      >
        <Checkbox>{t('field.scan_new')}</Checkbox>
      </Form.Item>
    </section>
  );
}
