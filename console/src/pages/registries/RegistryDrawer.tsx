// One registry: how it is, how it is reached, what of it is wanted, and what can be done with it.
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Alert, Button, Drawer, Skeleton } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api, data } from '@/api/client';
import { useMay } from '@/app/session';
import { Again } from '@/parts/Refused';
import { RefusedForm } from '@/parts/RefusedForm';
import { FailureTitle, Why } from '@/parts/Status';
import { useRegistry } from '@/parts/sync/registries';
import { useSync } from '@/parts/sync/SyncDialog';
import { Name } from '@/parts/Values';
import type { Registry } from './columns';
import { Facts } from './Facts';
import { NoticesDialog } from './NoticesDialog';
import { Trace } from './Trace';
import { useDelete } from './useDelete';

/** Tests the connection; how it went is kept as the registry's health. */
function useTest(id: number) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: () => data(api.POST('/api/v1/registries/{id}/test', { params: { path: { id } } })),
    onSuccess: () => client.invalidateQueries({ queryKey: ['registries'] }),
  });
}

type Sheet = { id: number | undefined; edit: () => void; close: () => void };

/** The drawer. */
export function RegistryDrawer({ id, edit, close }: Sheet) {
  const { data: registry, error, refetch } = useRegistry(id);
  return (
    <Drawer
      open={id !== undefined}
      onClose={close}
      size="min(760px, 100vw)"
      destroyOnHidden
      title={<Name of={registry?.name ?? ''} strong />}
    >
      {error && <Again error={error} again={refetch} />}
      {!registry && !error && <Skeleton active />}
      {registry && <Whole key={registry.id} registry={registry} edit={edit} close={close} />}
    </Drawer>
  );
}

function Whole({ registry, edit, close }: { registry: Registry; edit: () => void; close: () => void }) {
  const test = useTest(registry.id);
  return (
    <>
      <Actions registry={registry} test={test.mutate} testing={test.isPending} edit={edit} close={close} />
      {(test.isPending || test.data) && <Trace test={test.data} running={test.isPending} />}
      {test.error && <RefusedForm error={test.error} />}
      {registry.failure && !test.data && (
        <Alert
          type="error"
          showIcon
          className="form-alert"
          title={<FailureTitle failure={registry.failure} />}
          description={<Why failure={registry.failure} />}
        />
      )}
      <Facts registry={registry} />
    </>
  );
}

type Doing = { registry: Registry; test: () => void; testing: boolean; edit: () => void; close: () => void };

function Actions({ registry, test, testing, edit, close }: Doing) {
  const { t } = useTranslation('registries');
  const maySync = useMay('operator');
  const mayConnect = useMay('administrator');
  const [telling, setTelling] = useState(false);
  const sync = useSync();
  const remove = useDelete(close);
  return (
    <>
      <div className="filters registry-actions">
        {maySync && (
          <>
            <Button
              type="primary"
              loading={sync.isPending}
              onClick={() => sync.mutate({ scope: 'registries', registries: [registry.id] })}
            >
              {t('syncOne')}
            </Button>
            <Button loading={testing} onClick={test}>
              {t('test')}
            </Button>
          </>
        )}
        {mayConnect && (
          <>
            <Button onClick={edit}>{t('edit')}</Button>
            <Button onClick={() => setTelling(true)}>{t('column.notices')}</Button>
            <Button danger onClick={() => remove.ask(registry)}>
              {t('delete')}
            </Button>
          </>
        )}
        <span className="grow" />
        <Link to={'/images/registry' as '/'} search={{ registry: `${registry.id}` }}>
          {t('showImages', { count: registry.images })}
        </Link>
      </div>
      {sync.error && <RefusedForm error={sync.error} />}
      <NoticesDialog registry={registry} open={telling} close={() => setTelling(false)} />
    </>
  );
}
