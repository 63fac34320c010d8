// Making a token.
import { DatePicker, Form, Input, Radio, Select } from 'antd';
import dayjs, { type Dayjs } from 'dayjs';
import { useTranslation } from 'react-i18next';
import { api, data, type Schemas } from '@/api/client';
import { covers, type Role, useMe } from '@/app/session';
import { FormDialog } from '@/parts/FormDialog';
import { optionsOf, useProjects } from '@/parts/projects';

type Made = Schemas['CreatedToken'];
type Wanted = { name: string; role: Role; project_id?: number; expires?: Dayjs | null };
type Dialog = { open: boolean; tell: (made: Made) => void; close: () => void };

const ROLES: Role[] = ['viewer', 'operator', 'auditor', 'administrator'];
/** Those that can be kept to one project. */
const NARROW: Role[] = ['viewer', 'operator'];

/** A token that nobody thought about ends by itself. */
const USUAL_DAYS = 90;

function make({ name, role, project_id: project, expires }: Wanted): Promise<Made> {
  return data(
    api.POST('/api/v1/tokens', {
      body: {
        name,
        role,
        project_id: NARROW.includes(role) ? project : undefined,
        expires: expires?.endOf('day').valueOf(),
      },
    }),
  );
}

/** The dialog. */
export function TokenForm({ open, tell, close }: Dialog) {
  const { t } = useTranslation('tokens');
  const initial: Partial<Wanted> = { role: 'viewer', expires: dayjs().add(USUAL_DAYS, 'day') };
  return (
    <FormDialog<Wanted, Made>
      open={open}
      title={t('make')}
      okText={t('create')}
      initial={initial}
      send={make}
      changes={['tokens']}
      done={tell}
      close={close}
    >
      <Fields />
    </FormDialog>
  );
}

function Fields() {
  const { t } = useTranslation('tokens');
  const me = useMe();
  const role: Role | undefined = Form.useWatch('role');
  const projects = useProjects();
  const roles = ROLES.filter((known) => covers(me.role, known));
  return (
    <>
      <Form.Item
        name="name"
        label={t('name')}
        extra={t('nameHelp')}
        rules={[{ required: true, whitespace: true, message: t('required') }]}
      >
        <Input maxLength={100} />
      </Form.Item>
      <Form.Item name="role" required label={t('roleTitle')} extra={t('roleHelp')}>
        <Radio.Group options={roles.map((value) => ({ value, label: t(`role.${value}`) }))} />
      </Form.Item>
      {role && NARROW.includes(role) && (
        <Form.Item name="project_id" label={t('project')}>
          <Select
            allowClear
            showSearch={{ optionFilterProp: 'label' }}
            placeholder={t('projectsOfAccount')}
            options={optionsOf(projects)}
          />
        </Form.Item>
      )}
      <Form.Item name="expires" label={t('expires')}>
        <DatePicker minDate={dayjs()} placeholder={t('never')} />
      </Form.Item>
    </>
  );
}
