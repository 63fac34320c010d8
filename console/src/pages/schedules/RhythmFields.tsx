// When a schedule is due, and in which hours it scans.
import { DatePicker, Form, Input, Radio, Select } from 'antd';
import { useTranslation } from 'react-i18next';
import { TimeOfDay } from '@/parts/clock/TimeOfDay';
import { WindowFields } from '@/parts/clock/WindowFields';
import { ZoneSelect } from '@/parts/clock/ZoneSelect';
import { DAYS } from './values';

/** Rhythm, window, zone. */
export function RhythmFields() {
  const { t } = useTranslation('schedules');
  const type = Form.useWatch<string | undefined>(['rhythm', 'type']);
  const needed = [{ required: true, message: t('required') }];
  return (
    <section>
      <h2>{t('part.when')}</h2>
      <Form.Item name={['rhythm', 'type']} label={t('column.rhythm')} required>
        <Radio.Group options={['days', 'cron'].map((value) => ({ value, label: t(`rhythm.${value}`) }))} />
      </Form.Item>
      {type === 'cron' ? (
        <Form.Item name={['rhythm', 'expression']} label={t('expression')} extra={t('expressionHelp')} rules={needed}>
          <Input maxLength={100} placeholder="30 2 * * MON-FRI" autoComplete="off" spellCheck={false} />
        </Form.Item>
      ) : (
        <div className="form-row">
          <Form.Item name={['rhythm', 'every']} label={t('every')} rules={needed}>
            <Select
              style={{ width: 150 }}
              options={DAYS.map((value) => ({
                value,
                label: value === 1 ? t('daily') : t('everyDays', { count: value }),
              }))}
            />
          </Form.Item>
          <Form.Item name={['rhythm', 'at']} label={t('at')} extra={t('atHelp')}>
            <TimeOfDay optional placeholder={t('opening')} />
          </Form.Item>
          <Form.Item name={['rhythm', 'first']} label={t('first')} extra={t('firstHelp')}>
            <DatePicker />
          </Form.Item>
        </div>
      )}
      <WindowFields name={['window']} label={t('column.window')} help={t('windowHelp')} />
      <Form.Item name="zone" label={t('column.zone')} rules={needed}>
        <ZoneSelect />
      </Form.Item>
    </section>
  );
}
