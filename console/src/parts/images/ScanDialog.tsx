// Asking for scans: which checks, which images, how many at once.
import { useMutation, useQuery } from '@tanstack/react-query';
import { Alert, App, Checkbox, Form, InputNumber, Modal, Radio, Select } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api, data, type Schemas } from '@/api/client';
import { useWords } from '@/parts/Refused';
import type { Filter } from './filters';
import { ImagePicker } from './ImagePicker';

type Check = Schemas['Check'];

/** What can be left out of a scan. The others come with every scan: software, files, base images. */
export const OPTIONAL: Check[] = ['vulnerabilities', 'malware', 'secrets', 'baseline', 'compliance'];
export const ALWAYS: Check[] = ['software', 'files', 'base-image'];

/** Which images a dialog was opened for. */
export type Scope = { images: number[] } | { filter: Filter; exclude: number[] };

type Wanted = { scope: 'given' | 'all' | 'picked'; checks: Check[]; parallel?: number | null; force: boolean };

type Dialog = {
  open: boolean;
  /** The images that were picked before; everything may be chosen where there are none. */
  given?: Scope;
  /** How many those are. */
  count?: number;
  /** What "all" means here: the kind of the list. */
  all: Filter;
  again?: boolean;
  close: () => void;
};

function scopeOf(wanted: Wanted, given: Scope | undefined, all: Filter, picked: number[]): Scope {
  if (wanted.scope === 'given' && given) return given;
  return wanted.scope === 'picked' ? { images: picked } : { filter: all, exclude: [] };
}

/** The dialog. */
export function ScanDialog({ open, given, count, all, again, close }: Dialog) {
  const { t } = useTranslation('images');
  const { message } = App.useApp();
  const words = useWords();
  const [form] = Form.useForm<Wanted>();
  const scope = Form.useWatch('scope', form);
  const [picked, setPicked] = useState<number[]>([]);
  const total = useTotal(open && scope === 'all', all);
  const scan = useMutation({
    mutationFn: (wanted: Wanted) => {
      const checks = [...wanted.checks, ...ALWAYS];
      const body = {
        ...scopeOf(wanted, given, all, picked),
        checks,
        force: wanted.force,
        parallel: wanted.parallel ?? undefined,
      };
      return data(api.POST('/api/v1/scans', { body }));
    },
    onSuccess: (task) => {
      message.success(t('scanBegun', { count: task.total }));
      close();
    },
  });
  const refused = scan.error && words(scan.error);
  const consequence = scope === 'given' ? count : scope === 'picked' ? picked.length : total;
  const initial: Wanted = { scope: given ? 'given' : 'all', checks: OPTIONAL, force: again ?? false };
  return (
    <Modal
      open={open}
      width={scope === 'picked' ? 860 : 560}
      title={t(again ? 'rescanTitle' : 'scanTitle')}
      okText={t('scanNow')}
      okButtonProps={{ disabled: scope === 'picked' && picked.length === 0 }}
      confirmLoading={scan.isPending}
      destroyOnHidden
      onOk={form.submit}
      onCancel={close}
      afterClose={() => {
        setPicked([]);
        scan.reset();
      }}
    >
      <Form<Wanted> form={form} clearOnDestroy layout="vertical" initialValues={initial} onFinish={scan.mutate}>
        {refused && (
          <Alert type="error" showIcon title={refused.title} description={refused.detail} className="form-alert" />
        )}
        <Form.Item name="scope" label={t('scanScope')} hidden={given !== undefined}>
          <Radio.Group
            options={[
              ...(given ? [{ value: 'given', label: t('scanGiven') }] : []),
              { value: 'all', label: t('scanAll') },
              { value: 'picked', label: t('scanPicked') },
            ]}
          />
        </Form.Item>
        {scope === 'picked' && <ImagePicker filter={all} picked={picked} pick={setPicked} />}
        <ChecksField />
        <Form.Item name="parallel" label={t('parallel')} extra={t('parallelHelp')}>
          <InputNumber min={1} max={64} placeholder={t('unlimited')} />
        </Form.Item>
        <Form.Item name="force" valuePropName="checked" extra={t('forceHelp')}>
          <Checkbox>{t('force')}</Checkbox>
        </Form.Item>
        {consequence !== undefined && <p className="consequence">{t('willScan', { count: consequence })}</p>}
      </Form>
    </Modal>
  );
}

/** Which checks are made. */
export function ChecksField() {
  const { t } = useTranslation('images');
  const always = ALWAYS.map((check) => t(`check.${check}`)).join(', ');
  return (
    <Form.Item name="checks" label={t('checks')} extra={t('checksAlways', { checks: always })}>
      <Select
        mode="multiple"
        showSearch={false}
        options={OPTIONAL.map((check) => ({ value: check, label: t(`check.${check}`) }))}
      />
    </Form.Item>
  );
}

/** How many images fit a filter. */
export function useTotal(wanted: boolean, filter: Filter): number | undefined {
  const { data: total } = useQuery({
    queryKey: ['images', 'count', filter],
    queryFn: () => data(api.GET('/api/v1/images/count', { params: { query: filter } })),
    enabled: wanted,
  });
  return total?.total;
}
