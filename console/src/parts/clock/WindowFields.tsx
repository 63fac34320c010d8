// From when to when: two times of a form.
import { Form } from 'antd';
import { useTranslation } from 'react-i18next';
import { TimeOfDay } from './TimeOfDay';

/** The two times, below `name` of the form they are in. */
export function WindowFields({ name, label, help }: { name: string[]; label: string; help: string }) {
  const { t } = useTranslation('clock');
  const rules = [{ required: true, message: t('required') }];
  return (
    <Form.Item required label={label} extra={help} htmlFor={[...name, 'from'].join('_')}>
      <div className="filters">
        <Form.Item name={[...name, 'from']} noStyle rules={rules}>
          <TimeOfDay label={t('from')} />
        </Form.Item>
        –
        <Form.Item name={[...name, 'to']} noStyle rules={rules}>
          <TimeOfDay label={t('to')} />
        </Form.Item>
      </div>
    </Form.Item>
  );
}
