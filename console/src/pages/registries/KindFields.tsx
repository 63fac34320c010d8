// What a registry is called, of which kind it is, and what that kind needs to know.
import { useQuery } from '@tanstack/react-query';
import { Checkbox, Form, Input, Select } from 'antd';
import { useTranslation } from 'react-i18next';
import { api, data } from '@/api/client';
import { inLanguage } from '@/i18n';
import { optionsOf } from '@/parts/projects';
import { useKinds, useKindTitle } from '@/parts/sync/registries';
import type { Registry } from './columns';
import { Marked } from './Marked';

/** Fields that are a line of text, in the order they are asked for. */
const LINES = ['region', 'instance', 'namespace', 'api_address', 'role'] as const;
const LONGEST = 1024;

/** The name, the kind, and where there are several, the project. */
export function NameFields({ changing }: { changing: boolean }) {
  const { t } = useTranslation('registries');
  const { data: kinds } = useKinds();
  const kindTitle = useKindTitle();
  const { data: projects } = useQuery({
    queryKey: ['projects', 'list', 'offered'],
    queryFn: () => data(api.GET('/api/v1/projects', { params: { query: { limit: 100 } } })),
    enabled: !changing,
  });
  const several = (projects?.items.length ?? 0) > 1;
  const needed = [{ required: true, message: t('required') }];
  return (
    <section className="form-part">
      <h2>{t('part.what')}</h2>
      <div className="form-pair">
        <Form.Item
          name="name"
          label={t('column.name')}
          rules={[{ required: true, whitespace: true, message: t('required') }]}
        >
          <Input maxLength={128} autoComplete="off" />
        </Form.Item>
        <Form.Item name="kind" label={t('column.kind')} rules={needed}>
          <Select
            disabled={changing}
            showSearch={{ optionFilterProp: 'label' }}
            placeholder={t('chooseKind')}
            options={(kinds ?? []).map(({ kind }) => ({ value: kind, label: kindTitle(kind) }))}
          />
        </Form.Item>
        {!changing && several && (
          <Form.Item name="project_id" label={t('project')} extra={t('projectHelp')}>
            <Select allowClear options={projects && optionsOf(projects.items)} />
          </Form.Item>
        )}
      </div>
    </section>
  );
}

/** Whether what is secret is said anew. */
export type Replacing = { offered: boolean; forced: boolean; wished: boolean; wish: (wished: boolean) => void };

type Needed = { registry: Registry | undefined; withSecrets: boolean; replace: Replacing };

/** What the kind that was chosen needs, and nothing else. */
export function KindFields({ registry, withSecrets, replace }: Needed) {
  const { t, i18n } = useTranslation('registries');
  const chosen = Form.useWatch<string | undefined>('kind');
  const { data: kinds } = useKinds();
  const kind = kinds?.find((known) => known.kind === (registry?.kind ?? chosen));
  if (!kind) return null;
  const need = (field: string) => kind.needs.find((known) => known.field === field);
  const rules = (field: string) => [{ required: need(field)?.required ?? false, message: t('required') }];
  return (
    <section className="form-part">
      <h2>{t('part.where')}</h2>
      <aside className="sign-in-help" aria-label={t('signInHelp')}>
        <Marked text={inLanguage(kind.sign_in_help, i18n.language)} />
      </aside>
      <div className="form-pair">
        {need('address') && (
          <Form.Item
            name={['settings', 'address']}
            label={t('column.address')}
            extra={need('address')?.required ? undefined : t('addressHelp')}
            rules={rules('address')}
            className="whole-row"
          >
            <Input
              maxLength={LONGEST}
              placeholder={need('address')?.required ? 'https://registry.example' : undefined}
            />
          </Form.Item>
        )}
        {LINES.filter((field) => need(field)).map((field) => (
          <Form.Item
            key={field}
            name={['settings', field]}
            label={t(`field.${field}`)}
            extra={t(`fieldHelp.${field}`)}
            rules={rules(field)}
          >
            <Input maxLength={LONGEST} autoComplete="off" />
          </Form.Item>
        ))}
        {need('role') && (
          <Form.Item
            name={['settings', 'external_id']}
            label={t('field.external_id')}
            extra={t('fieldHelp.external_id')}
          >
            <Input maxLength={LONGEST} autoComplete="off" />
          </Form.Item>
        )}
        {need('api_version') && <VersionField />}
      </div>
      <Credentials
        required={need('credentials')?.required ?? false}
        session={need('role') !== undefined}
        withSecrets={withSecrets}
        replace={replace}
      />
    </section>
  );
}

function VersionField() {
  const { t } = useTranslation('registries');
  const versions = ['auto', 'v1', 'v2'].map((value) => ({ value, label: t(`version.${value}`) }));
  return (
    <Form.Item
      name={['settings', 'api_version']}
      label={t('field.api_version')}
      required
      extra={t('fieldHelp.api_version')}
    >
      <Select options={versions} />
    </Form.Item>
  );
}

type Signing = { required: boolean; session: boolean; withSecrets: boolean; replace: Replacing };

/** User and password; a password that is kept is only asked for where another one is wanted. */
function Credentials({ required, session, withSecrets, replace }: Signing) {
  const { t } = useTranslation('registries');
  const rules = [{ required, message: t('required') }];
  return (
    <>
      {replace.offered && (
        <Form.Item extra={t(replace.forced ? 'secretsForced' : 'secretsKept')}>
          <Checkbox
            checked={replace.wished || replace.forced}
            disabled={replace.forced}
            onChange={(event) => replace.wish(event.target.checked)}
          >
            {t('secretsAnew')}
          </Checkbox>
        </Form.Item>
      )}
      <div className="form-pair">
        <Form.Item name={['settings', 'username']} label={t('field.username')} rules={rules}>
          <Input maxLength={LONGEST} autoComplete="off" />
        </Form.Item>
        {withSecrets && (
          <Form.Item name={['secrets', 'password']} label={t('field.password')} rules={rules}>
            <Input.Password autoComplete="new-password" />
          </Form.Item>
        )}
        {withSecrets && session && (
          <Form.Item
            name={['secrets', 'session_token']}
            label={t('field.session_token')}
            extra={t('fieldHelp.session_token')}
          >
            <Input.Password autoComplete="new-password" />
          </Form.Item>
        )}
      </div>
    </>
  );
}
