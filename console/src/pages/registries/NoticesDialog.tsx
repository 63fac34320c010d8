// The webhook of a registry: a token that is shown once, and what to enter where.
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Alert, App, Button, Modal, Tabs } from 'antd';
import { useTranslation } from 'react-i18next';
import { api, data } from '@/api/client';
import { RefusedForm } from '@/parts/RefusedForm';
import { Copy } from '@/parts/Values';
import type { Registry } from './columns';
import { SENDERS, type Sender, snippetOf } from './snippets';

/** The senders whose way is told first for a kind. */
const FIRST: Record<string, Sender> = {
  harbor: 'harbor',
  quay: 'quay',
  jfrog: 'jfrog',
  oci: 'distribution',
  gitlab: 'distribution',
  acr: 'azure',
};

/** Makes and takes away the token of a registry. */
function useToken(registry: Registry) {
  const { t } = useTranslation('registries');
  const { message } = App.useApp();
  const client = useQueryClient();
  const params = { path: { id: registry.id } };
  const known = () => client.invalidateQueries({ queryKey: ['registries'] });
  const make = useMutation({
    mutationFn: () => data(api.POST('/api/v1/registries/{id}/notices/token', { params })),
    onSuccess: known,
  });
  const take = useMutation({
    mutationFn: () => data(api.DELETE('/api/v1/registries/{id}/notices/token', { params })),
    onSuccess: () => {
      make.reset();
      message.success(t('tokenTaken'));
      return known();
    },
  });
  return { make, take };
}

/** The dialog. */
export function NoticesDialog({ registry, open, close }: { registry: Registry; open: boolean; close: () => void }) {
  const { t } = useTranslation('registries');
  const { modal } = App.useApp();
  const { make, take } = useToken(registry);
  const address = `${window.location.origin}/api/v1/registries/${registry.id}/notices`;
  const token = make.data?.token;
  const error = make.error ?? take.error;
  const ask = (key: 'again' | 'take', go: () => void) =>
    void modal.confirm({
      title: t(`token.${key}`),
      content: t(`token.${key}Help`),
      okText: t(`token.${key}`),
      okButtonProps: { danger: key === 'take' },
      onOk: go,
    });
  return (
    <Modal
      open={open}
      width={720}
      title={t('noticesTitle')}
      footer={null}
      destroyOnHidden
      onCancel={close}
      afterClose={make.reset}
    >
      <p className="consequence">{t('noticesAbout')}</p>
      {error && <RefusedForm error={error} />}
      <Field label={t('noticesAddress')} text={address} />
      {token && (
        <>
          <Field label={t('noticesToken')} text={token} />
          <Alert type="warning" showIcon title={t('tokenOnce')} className="form-alert" />
        </>
      )}
      <div className="filters registry-actions">
        {registry.has_notices ? (
          <>
            <Button loading={make.isPending} onClick={() => ask('again', () => make.mutate())}>
              {t('token.again')}
            </Button>
            <Button danger loading={take.isPending} onClick={() => ask('take', () => take.mutate())}>
              {t('token.take')}
            </Button>
          </>
        ) : (
          <Button type="primary" loading={make.isPending} onClick={() => make.mutate()}>
            {t('token.make')}
          </Button>
        )}
      </div>
      <Senders kind={registry.kind} address={address} token={token} />
    </Modal>
  );
}

function Field({ label, text }: { label: string; text: string }) {
  return (
    <div className="secret-line">
      <span className="quiet">{label}</span>
      <code className="wrap">{text}</code>
      <Copy text={text} name={label} />
    </div>
  );
}

/** How each sender is told, with the address and, where it was just made, the token. */
function Senders({ kind, address, token }: { kind: string; address: string; token: string | undefined }) {
  const { t } = useTranslation('registries');
  const items = SENDERS.map((sender) => {
    const snippet = snippetOf(sender, address, token ?? 'lzh_…');
    return {
      key: sender,
      label: t(`sender.${sender}`),
      children: (
        <>
          <p>{t(`senderHelp.${sender}`)}</p>
          {snippet && (
            <div className="snippet">
              <pre>{snippet}</pre>
              <Copy text={snippet} name={t(`sender.${sender}`)} />
            </div>
          )}
        </>
      ),
    };
  });
  return <Tabs size="small" defaultActiveKey={FIRST[kind] ?? 'other'} items={items} />;
}
