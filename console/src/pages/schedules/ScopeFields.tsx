// Which images a schedule scans, and what it looks for.
import { Checkbox, Form, Input, InputNumber, Radio, Select } from 'antd';
import { useTranslation } from 'react-i18next';
import { RISKS, STATUSES } from '@/parts/images/filters';
import { ImagePicker } from '@/parts/images/ImagePicker';
import { ChecksField, useTotal } from '@/parts/images/ScanDialog';
import { RegistryKindSelect, RegistrySelect } from '@/parts/sync/RegistrySelect';
import { fitting, leftOut, SCOPES, type Values } from './values';

const LINES = ['name', 'repository', 'tag', 'namespace'] as const;

/** Places, images, limits, checks. */
export function ScopeFields() {
  const { t } = useTranslation('schedules');
  const scope = Form.useWatch<string | undefined>('scope');
  const needed = [{ required: true, message: t('required') }];
  return (
    <section>
      <h2>{t('part.what')}</h2>
      <Form.Item name="targets" label={t('targets')} rules={needed}>
        <Select
          mode="multiple"
          showSearch={false}
          options={['local', 'registry'].map((value) => ({ value, label: t(`imageKind.${value}`) }))}
        />
      </Form.Item>
      <Form.Item name="scope" label={t('column.scope')} required>
        <Radio.Group options={SCOPES.map((value) => ({ value, label: t(`scope.${value}`) }))} />
      </Form.Item>
      {scope === 'filter' && <FilterFields />}
      {scope !== 'picked' && <LeftOut />}
      {scope === 'picked' && (
        <Form.Item name="images" rules={[{ required: true, type: 'array', min: 1, message: t('pickSome') }]}>
          <Picked />
        </Form.Item>
      )}
      <div className="form-row">
        <Form.Item name="only_latest" valuePropName="checked">
          <Checkbox>{t('onlyLatest')}</Checkbox>
        </Form.Item>
        <Form.Item name="only_running" valuePropName="checked">
          <Checkbox>{t('onlyRunning')}</Checkbox>
        </Form.Item>
      </div>
      <Form.Item
        name="updated_days"
        label={t('updatedDays')}
        extra={t('updatedDaysHelp')}
        getValueProps={(days?: number) => ({ value: days || null })}
      >
        <InputNumber
          min={1}
          max={3650}
          precision={0}
          suffix={t('days')}
          placeholder={t('anyTime')}
          className="short-number"
        />
      </Form.Item>
      <Consequence />
      <ChecksField />
    </section>
  );
}

type Picking = { id?: string; value?: number[]; onChange?: (images: number[]) => void };

/** The images that are picked, of the places that are chosen. */
function Picked({ id, value, onChange }: Picking) {
  const targets = Form.useWatch<Values['targets'] | undefined>('targets') ?? [];
  return (
    <div id={id}>
      <ImagePicker filter={{ kind: targets }} picked={value ?? []} pick={(images) => onChange?.(images)} />
    </div>
  );
}

/** Images that are not scanned though they fit. */
function LeftOut() {
  const { t } = useTranslation('schedules');
  const leavesOut = Form.useWatch<boolean | undefined>('leaves_out');
  return (
    <>
      <Form.Item name="leaves_out" valuePropName="checked">
        <Checkbox>{t('leavesOut')}</Checkbox>
      </Form.Item>
      {leavesOut && (
        <Form.Item name="exclude" rules={[{ required: true, type: 'array', min: 1, message: t('pickSome') }]}>
          <Picked />
        </Form.Item>
      )}
    </>
  );
}

/** Which images fit: all that is said must hold. */
function FilterFields() {
  const { t } = useTranslation('schedules');
  return (
    <div className="form-pair">
      <Form.Item name={['filter', 'registry']} label={t('images:column.registry')}>
        <RegistrySelect />
      </Form.Item>
      <Form.Item name={['filter', 'registry_kind']} label={t('images:column.registryKind')}>
        <RegistryKindSelect />
      </Form.Item>
      {LINES.map((field) => (
        <Form.Item key={field} name={['filter', field]} label={t(`images:field.${field}`)}>
          <Input maxLength={256} autoComplete="off" />
        </Form.Item>
      ))}
      <Form.Item name={['filter', 'status']} label={t('images:column.status')}>
        <Select
          mode="multiple"
          allowClear
          showSearch={false}
          options={STATUSES.map((value) => ({ value, label: t(`status.${value}`) }))}
        />
      </Form.Item>
      <Form.Item name={['filter', 'risk']} label={t('images:column.risk')}>
        <Select
          mode="multiple"
          allowClear
          showSearch={false}
          options={RISKS.map((value) => ({ value, label: t(`severity.${value}`) }))}
        />
      </Form.Item>
    </div>
  );
}

/** How many images fit now. */
function Consequence() {
  const { t, i18n } = useTranslation('schedules');
  const form = Form.useFormInstance<Values>();
  const values = Form.useWatch((all: Values) => all, form) ?? {};
  const countable = !values.updated_days && (values.targets?.length ?? 0) > 0;
  const total = useTotal(countable && values.scope !== 'picked', fitting(values));
  const count =
    values.scope === 'picked' ? values.images?.length : total && Math.max(0, total - leftOut(values).length);
  if (count === undefined || !countable) return null;
  return (
    <p className="consequence" role="status">
      {t('fitNow', { count, shown: new Intl.NumberFormat(i18n.language).format(count) })}
    </p>
  );
}
