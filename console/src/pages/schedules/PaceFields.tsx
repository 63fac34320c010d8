// How fast a schedule scans.
import { Form, InputNumber } from 'antd';
import { useTranslation } from 'react-i18next';
import { PerHour } from '@/parts/rate/PerHour';

/** Images an hour, images at once. */
export function PaceFields() {
  const { t } = useTranslation('schedules');
  return (
    <section>
      <h2>{t('part.pace')}</h2>
      <div className="form-row">
        <Form.Item name="per_hour" label={t('column.pace')} extra={t('paceHelp')} required>
          <PerHour />
        </Form.Item>
        <Form.Item
          name="parallel"
          label={t('images:parallel')}
          getValueProps={(images?: number) => ({ value: images || null })}
        >
          <InputNumber min={1} max={1000} precision={0} placeholder={t('unlimited')} className="short-number" />
        </Form.Item>
      </div>
    </section>
  );
}
