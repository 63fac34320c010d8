// Making an account, or changing one.
import { Checkbox, Form, Input, Radio, Select } from 'antd';
import { useTranslation } from 'react-i18next';
import { api, data, type Schemas } from '@/api/client';
import type { Role } from '@/app/session';
import { FormDialog } from '@/parts/FormDialog';
import { optionsOf, useProjects } from '@/parts/projects';

type Account = Schemas['Account'];
type Made = Schemas['CreatedAccount'];
type Wanted = {
  login: string;
  role: Role;
  all_projects: boolean;
  projects: number[];
  language: Schemas['Language'];
  password?: string;
  disabled: boolean;
};

const ROLES: Role[] = ['administrator', 'operator', 'auditor', 'viewer'];
/** Those who see all projects, whatever is said. */
const WIDE: Role[] = ['administrator', 'auditor'];

type Dialog = { editing: Account | 'new' | undefined; tell: (made: Made) => void; close: () => void };

function make({ login, password, role, language, all_projects: all, projects }: Wanted): Promise<Made> {
  const seen = WIDE.includes(role) || all ? undefined : projects;
  return data(
    api.POST('/api/v1/accounts', { body: { login, role, language, projects: seen, password: password || undefined } }),
  );
}

async function change(id: number, { role, language, disabled, all_projects: all, projects }: Wanted): Promise<Made> {
  const seen = WIDE.includes(role) || all ? { all_projects: true } : { projects };
  const body = { role, language, disabled, ...seen };
  return { account: await data(api.PATCH('/api/v1/accounts/{id}', { params: { path: { id } }, body })) };
}

/** The dialog. */
export function AccountForm({ editing, tell, close }: Dialog) {
  const { t, i18n } = useTranslation('accounts');
  const account = editing === 'new' ? undefined : editing;
  const fresh: Partial<Wanted> = {
    role: 'viewer',
    all_projects: true,
    projects: [],
    language: i18n.language === 'zh' ? 'zh' : 'en',
  };
  return (
    <FormDialog<Wanted, Made>
      open={editing !== undefined}
      title={account ? t('editTitle', { login: account.login }) : t('make')}
      okText={t(account ? 'save' : 'create')}
      initial={account ?? fresh}
      send={(wanted) => (account ? change(account.id, wanted) : make(wanted))}
      changes={['accounts', 'projects']}
      said={t(account ? 'changed' : 'made')}
      done={tell}
      close={close}
    >
      <Fields fresh={!account} />
    </FormDialog>
  );
}

function Fields({ fresh }: { fresh: boolean }) {
  const { t } = useTranslation('accounts');
  const role: Role | undefined = Form.useWatch('role');
  const needed = { required: true, message: t('required') };
  return (
    <>
      {fresh && (
        <Form.Item
          name="login"
          label={t('login')}
          extra={t('loginHelp')}
          rules={[needed, { pattern: /^[a-z0-9][a-z0-9._@-]*$/, message: t('loginHelp') }]}
        >
          <Input maxLength={64} autoComplete="off" spellCheck={false} />
        </Form.Item>
      )}
      <Form.Item name="role" required label={t('roleTitle')} extra={role && t(`roleHelp.${role}`)}>
        <Radio.Group options={ROLES.map((value) => ({ value, label: t(`role.${value}`) }))} />
      </Form.Item>
      {role && !WIDE.includes(role) && <ProjectFields />}
      <Form.Item name="language" required label={t('language')}>
        <Radio.Group options={(['zh', 'en'] as const).map((value) => ({ value, label: t(`language_.${value}`) }))} />
      </Form.Item>
      {fresh ? (
        <Form.Item
          name="password"
          label={t('password')}
          extra={t('firstPasswordHelp')}
          rules={[{ min: 12, message: t('passwordRule') }]}
        >
          <Input.Password autoComplete="new-password" />
        </Form.Item>
      ) : (
        <Form.Item name="disabled" valuePropName="checked" extra={t('disableHelp')}>
          <Checkbox>{t('disable')}</Checkbox>
        </Form.Item>
      )}
    </>
  );
}

function ProjectFields() {
  const { t } = useTranslation('accounts');
  const all = Form.useWatch('all_projects');
  const projects = useProjects();
  return (
    <>
      <Form.Item name="all_projects" valuePropName="checked">
        <Checkbox>{t('seesAll')}</Checkbox>
      </Form.Item>
      {!all && (
        <Form.Item name="projects" label={t('projects')}>
          <Select
            mode="multiple"
            showSearch={{ optionFilterProp: 'label' }}
            placeholder={t('noProjects')}
            options={optionsOf(projects)}
          />
        </Form.Item>
      )}
    </>
  );
}
