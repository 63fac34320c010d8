// Deciding about findings: what, where, until when, and why.
import { Checkbox, DatePicker, Form, Input, Radio, Select } from 'antd';
import dayjs, { type Dayjs } from 'dayjs';
import { useTranslation } from 'react-i18next';
import { api, data, type Schemas } from '@/api/client';
import { FormDialog } from '@/parts/FormDialog';
import { optionsOf, useProjects } from '@/parts/projects';
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
  /** Asked for where no image tells it, and there are several. */
  project?: number;
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
  /** Whether they are everything in some images. */
  whole?: boolean;
  /** The images it was asked from, which it can be kept to. */
  images?: number[];
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
export function DecisionDialog({ open, subjects, what, whole, images = [], close, done }: Dialog) {
  const { t } = useTranslation('decisions');
  const initial: Wanted = { action: 'ignore', scope: images.length > 0 ? 'images' : 'all' };
  const send = (wanted: Wanted) =>
    data(
      api.POST('/api/v1/decisions', {
        body: {
          action: wanted.action,
          subjects,
          project_id: wanted.project,
          scope: scopeOf(wanted, images),
          until: wanted.until?.endOf('day').valueOf(),
          until_fix: wanted.until_fix ?? false,
          remark: wanted.remark ?? '',
        },
      }),
    );
  return (
    <FormDialog<Wanted, Schemas['Decision'][]>
      open={open}
      width={600}
      title={whole ? t('wholeTitle') : t('dialogTitle', { count: subjects.length })}
      okText={t('decide')}
      initial={initial}
      send={send}
      changes={['images', 'image', 'risks', 'decisions']}
      said={whole ? t('decidedWhole') : t('decided', { count: subjects.length })}
      done={done}
      close={close}
    >
      <Subjects names={what ?? subjects.map(nameOf)} />
      <WhatAndWhere images={images.length} />
      <UntilFields />
      <Form.Item name="remark" label={t('remark')}>
        <Input.TextArea
          maxLength={1024}
          showCount
          autoSize={{ minRows: 2, maxRows: 6 }}
          placeholder={t('remarkHint')}
        />
      </Form.Item>
    </FormDialog>
  );
}

/** What is decided about: the first few by name. */
function Subjects({ names }: { names: string[] }) {
  const { t } = useTranslation('decisions');
  return (
    <ul className="subjects">
      {names.slice(0, 5).map((name) => (
        <li key={name}>
          <Name of={name} />
        </li>
      ))}
      {names.length > 5 && <li className="quiet">{t('andMore', { count: names.length - 5 })}</li>}
    </ul>
  );
}

/** What is decided, and in which images it holds. */
function WhatAndWhere({ images }: { images: number }) {
  const { t } = useTranslation('decisions');
  const action: Action | undefined = Form.useWatch('action');
  const scope: Wanted['scope'] | undefined = Form.useWatch('scope');
  const projects = useProjects();
  const scopes = SCOPES.filter((known) => known !== 'images' || images > 0);
  return (
    <>
      <Form.Item name="action" label={t('action')} extra={action && t(`actionHelp.${action}`)}>
        <Radio.Group options={ACTIONS.map((value) => ({ value, label: t(`action_.${value}`) }))} />
      </Form.Item>
      <Form.Item name="scope" label={t('scope')}>
        <Select options={scopes.map((value) => ({ value, label: t(`scope_.${value}`, { count: images }) }))} />
      </Form.Item>
      <ScopeFields scope={scope} />
      {scope !== 'images' && projects.length > 1 && (
        <Form.Item
          name="project"
          label={t('project')}
          extra={t('projectHelp')}
          rules={[{ required: true, message: t('needed') }]}
        >
          <Select showSearch={{ optionFilterProp: 'label' }} options={optionsOf(projects)} />
        </Form.Item>
      )}
    </>
  );
}

/** Until when it holds. */
function UntilFields() {
  const { t } = useTranslation('decisions');
  return (
    <>
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
    </>
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
