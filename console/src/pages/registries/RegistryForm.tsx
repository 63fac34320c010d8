// Connecting a registry, or changing how it is connected.
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { App, Button, Form, Skeleton, Tooltip } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api, data } from '@/api/client';
import { FormDrawer } from '@/parts/FormDrawer';
import { RefusedForm } from '@/parts/RefusedForm';
import { useRegistry } from '@/parts/sync/registries';
import type { Registry } from './columns';
import { KindFields, NameFields } from './KindFields';
import { ListingFields } from './ListingFields';
import { Trace } from './Trace';
import { INITIAL, isElsewhere, keepsSecrets, settingsOf, type Values } from './values';
import { WayFields } from './WayFields';

/** Saves what was entered: a new registry, or one that is there. */
function useSave(registry: Registry | undefined, withSecrets: boolean, close: () => void) {
  const { t } = useTranslation('registries');
  const { message } = App.useApp();
  const client = useQueryClient();
  return useMutation({
    mutationFn: (values: Values) => {
      const settings = settingsOf(registry, values.settings);
      const secrets = withSecrets ? (values.secrets ?? {}) : undefined;
      if (registry) {
        const path = { id: registry.id };
        return data(
          api.PUT('/api/v1/registries/{id}', { params: { path }, body: { name: values.name, settings, secrets } }),
        );
      }
      return data(api.POST('/api/v1/registries', { body: { ...values, settings, secrets } }));
    },
    onSuccess: (saved) => {
      message.success(t(registry ? 'changed' : 'added', { name: saved.name }));
      void client.invalidateQueries({ queryKey: ['registries'] });
      close();
    },
  });
}

/** Tries what was entered; nothing is kept. */
function useTest(registry: Registry | undefined) {
  return useMutation({
    mutationFn: (values: Values) =>
      data(
        api.POST('/api/v1/registries/test', {
          body: {
            name: values.name || 'test',
            kind: registry?.kind ?? values.kind,
            settings: settingsOf(registry, values.settings),
            secrets: values.secrets ?? {},
          },
        }),
      ),
  });
}

type Sheet = { id: number | undefined; open: boolean; close: () => void };

/** The drawer. */
export function RegistryForm({ id, open, close }: Sheet) {
  const { t } = useTranslation('registries');
  const [form] = Form.useForm<Values>();
  const { data: registry, error: missing } = useRegistry(id);
  const [wishes, setWishes] = useState(false);
  const settings = Form.useWatch('settings', form);
  const kept = keepsSecrets(registry);
  const elsewhere = isElsewhere(registry, settings);
  const withSecrets = !kept || wishes || elsewhere;
  const leave = () => {
    close();
    setWishes(false);
    save.reset();
    test.reset();
  };
  const save = useSave(registry, withSecrets, leave);
  const test = useTest(registry);
  const tryIt = async () => {
    const values = await form.validateFields().catch(() => undefined);
    if (values) test.mutate(values);
  };
  const ready = id === undefined || registry !== undefined;
  return (
    <FormDrawer
      open={open}
      title={registry ? t('changeTitle', { name: registry.name }) : t('connect')}
      error={missing ?? save.error}
      saving={save.isPending}
      saveText={t(registry ? 'save' : 'connectNow')}
      save={form.submit}
      close={leave}
      extra={
        <Tooltip title={withSecrets ? undefined : t('testNeedsSecrets')}>
          <Button disabled={!withSecrets} loading={test.isPending} onClick={() => void tryIt()}>
            {t('test')}
          </Button>
        </Tooltip>
      }
    >
      {ready ? (
        <Form<Values>
          key={id ?? 'new'}
          form={form}
          clearOnDestroy
          layout="vertical"
          initialValues={registry ? { name: registry.name, kind: registry.kind, settings: registry.settings } : INITIAL}
          onFinish={(values) => save.mutate(values)}
          scrollToFirstError
        >
          {(test.isPending || test.data) && <Trace test={test.data} running={test.isPending} />}
          {test.error && <RefusedForm error={test.error} />}
          <NameFields changing={registry !== undefined} />
          <KindFields
            registry={registry}
            withSecrets={withSecrets}
            replace={{ offered: kept, forced: elsewhere, wished: wishes, wish: setWishes }}
          />
          <WayFields withSecrets={withSecrets} />
          <ListingFields />
        </Form>
      ) : (
        <Skeleton active />
      )}
    </FormDrawer>
  );
}
