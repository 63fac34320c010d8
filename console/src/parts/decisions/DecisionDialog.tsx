// Deciding about findings: what, where, until when, and why.
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Alert, App, Checkbox, DatePicker, Form, Input, Modal, Radio, Select } from 'antd';
import dayjs, { type Dayjs } from 'dayjs';
import { useTranslation } from 'react-i18next';
import { api, data, type Schemas } from '@/api/client';
import { useWords } from '@/parts/Refused';
import { Name } from '@/parts/Values';

export type Subject = Schemas['DecisionSubject'];
type Scope = Schemas['DecisionScope'];
type Action = Schemas['DecisionAction'];

export const ACTIONS: Action[] = ['ignore', 'whitelist', 'false-positive', 'deferral'];
const SCOPES = ['images', 'all', 'kinds', 'names', 'registries'] as const;
const IMAGE_KINDS: Schemas['ImageKind'][] = ['local', 'registry', 'ci', 'archive'];

type Wanted = {
  action: Action;
  scope: (typeof SCOPES)[number];
  kinds?: Schemas['ImageKind'][];
  repositories?: string[];
  tags?: string[];
  registries?: string[];
  until?: Dayjs | null;
  until_fix?: boolean;
  remark?: string;
};

type Dialog = {
  open: boolean;
  subjects: Subject[];
  /** What the subjects are called; what they hold when this is left out. */
  what?: string[];
  /** The images it was asked from, which it can be kept to. */
  images?: number[];
  /** The project it holds in, where it is asked from no image. */
  project?: number;
  close: () => void;
  done?: () => void;
};

function scopeOf(wanted: Wanted, images: number[]): Scope {
  switch (wanted.scope) {
    case 'images':
      return { type: 'images', images };
    case 'kinds':
      return { type: 'kinds', kinds: wanted.kinds ?? [] };
    case 'names':
      return { type: 'names', repositories: wanted.repositories ?? [], tags: wanted.tags ?? [] };
    case 'registries':
      return { type: 'registries', registries: wanted.registries ?? [] };
    default:
      return { type: 'all' };
  }
}

/** The dialog. */
export function DecisionDialog({ open, subjects, what, images, project, close, done }: Dialog) {
  const { t } = useTranslation('decisions');
  const { message } = App.useApp();
  const client = useQueryClient();
  const words = useWords();
  const [form] = Form.useForm<Wanted>();
  const scope = Form.useWatch('scope', form);
  const action = Form.useWatch('action', form);
  const decide = useMutation({
    mutationFn: (wanted: Wanted) =>
      data(
        api.POST('/api/v1/decisions', {
          body: {
            action: wanted.action,
            subjects,
            project_id: project,
            scope: scopeOf(wanted, images ?? []),
            until: wanted.until?.endOf('day').valueOf(),
            until_fix: wanted.until_fix ?? false,
            remark: wanted.remark ?? '',
          },
        }),
      ),
    onSuccess: async () => {
      message.success(t('decided', { count: subjects.length }));
      close();
      done?.();
      for (const name of ['images', 'image', 'risks', 'decisions'])
        await client.invalidateQueries({ queryKey: [name] });
    },
  });
  const refused = decide.error && words(decide.error);
  const names = what ?? subjects.map(nameOf);
  const scopes = SCOPES.filter((known) => known !== 'images' || (images?.length ?? 0) > 0);
  const initial: Wanted = { action: 'ignore', scope: scopes[0] ?? 'all' };
  return (
    <Modal
      open={open}
      width={600}
      title={t('dialogTitle', { count: subjects.length })}
      okText={t('decide')}
      confirmLoading={decide.isPending}
      destroyOnHidden
      onOk={form.submit}
      onCancel={close}
    >
      <Form<Wanted> form={form} clearOnDestroy layout="vertical" initialValues={initial} onFinish={decide.mutate}>
        {refused && (
          <Alert type="error" showIcon title={refused.title} description={refused.detail} className="form-alert" />
        )}
        <ul className="subjects">
          {names.slice(0, 5).map((name) => (
            <li key={name}>
              <Name of={name} />
            </li>
          ))}
          {names.length > 5 && <li className="quiet">{t('andMore', { count: names.length - 5 })}</li>}
        </ul>
        <Form.Item name="action" label={t('action')} extra={action && t(`actionHelp.${action}`)}>
          <Radio.Group options={ACTIONS.map((value) => ({ value, label: t(`action_.${value}`) }))} />
        </Form.Item>
        <Form.Item name="scope" label={t('scope')}>
          <Select
            options={scopes.map((value) => ({ value, label: t(`scope_.${value}`, { count: images?.length ?? 0 }) }))}
          />
        </Form.Item>
        <ScopeFields scope={scope} />
        <Form.Item
          name="until"
          label={t('until')}
          dependencies={['action', 'until_fix']}
          rules={[
            ({ getFieldValue }) => ({
              required: getFieldValue('action') === 'deferral' && !getFieldValue('until_fix'),
              message: t('untilNeeded'),
            }),
          ]}
        >
          <DatePicker className="until" minDate={dayjs()} placeholder={t('endless')} />
        </Form.Item>
        <Form.Item name="until_fix" valuePropName="checked">
          <Checkbox>{t('untilFix')}</Checkbox>
        </Form.Item>
        <Form.Item name="remark" label={t('remark')}>
          <Input.TextArea
            maxLength={1024}
            showCount
            autoSize={{ minRows: 2, maxRows: 6 }}
            placeholder={t('remarkHint')}
          />
        </Form.Item>
      </Form>
    </Modal>
  );
}

/** What a scope needs besides its kind. */
export function ScopeFields({ scope }: { scope: string | undefined }) {
  const { t } = useTranslation('decisions');
  const needed = { required: true, message: t('needed') };
  if (scope === 'kinds') {
    return (
      <Form.Item name="kinds" label={t('imageKinds')} rules={[needed]}>
        <Select
          mode="multiple"
          showSearch={false}
          options={IMAGE_KINDS.map((value) => ({ value, label: t(`imageKind.${value}`) }))}
        />
      </Form.Item>
    );
  }
  if (scope === 'registries') {
    return (
      <Form.Item name="registries" label={t('registryHosts')} extra={t('registryHostsHelp')} rules={[needed]}>
        <Select mode="tags" open={false} suffixIcon={null} tokenSeparators={[' ', ',']} />
      </Form.Item>
    );
  }
  if (scope !== 'names') return null;
  return (
    <>
      <Form.Item name="repositories" label={t('repositories')} extra={t('patternsHelp')}>
        <Select mode="tags" open={false} suffixIcon={null} tokenSeparators={[' ', ',']} placeholder="*/payments/*" />
      </Form.Item>
      <Form.Item name="tags" label={t('tags')}>
        <Select mode="tags" open={false} suffixIcon={null} tokenSeparators={[' ', ',']} placeholder="v1.*" />
      </Form.Item>
    </>
  );
}

/** What a subject is called. */
export function nameOf(subject: Subject): string {
  return [subject.rule, subject.package, subject.path].filter(Boolean).join(' · ');
}
