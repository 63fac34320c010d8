// The registries that are connected: how they are, what of them is listed and when.
import { CloudSyncOutlined, FieldTimeOutlined, PlusOutlined } from '@ant-design/icons';
import { Button, Empty } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api, data } from '@/api/client';
import { useMay } from '@/app/session';
import { flag, text, useFields, whole } from '@/app/url';
import { OneOf } from '@/parts/Choice';
import { PageHead } from '@/parts/PageHead';
import { SearchBox } from '@/parts/SearchBox';
import { useKinds, useKindTitle } from '@/parts/sync/registries';
import { SyncDialog, useSync } from '@/parts/sync/SyncDialog';
import { QueryTable } from '@/parts/table/QueryTable';
import { useSelection } from '@/parts/table/selection';
import { type Registry, useRegistryColumns } from './columns';
import { NightlyDialog } from './NightlyDialog';
import { RegistryDrawer } from './RegistryDrawer';
import { RegistryForm } from './RegistryForm';
import { useDelete } from './useDelete';
import './style.css';

const FIELDS = { kind: text(), search: text(), registry: whole(), edit: whole(), make: flag() };

/** The page. */
export default function Registries() {
  const { t } = useTranslation('registries');
  const mayConnect = useMay('administrator');
  const maySync = useMay('operator');
  const [wanted, change] = useFields(FIELDS);
  const [syncing, setSyncing] = useState(false);
  const [nightly, setNightly] = useState(false);
  const add = () => change({ make: true });
  return (
    <div className="page">
      <PageHead
        title={t('title')}
        about={t('about')}
        guide={t('guideSteps', { returnObjects: true })}
        actions={
          <>
            <Button icon={<FieldTimeOutlined />} onClick={() => setNightly(true)}>
              {t('nightlyHours')}
            </Button>
            {maySync && (
              <Button icon={<CloudSyncOutlined />} onClick={() => setSyncing(true)}>
                {t('sync')}
              </Button>
            )}
            {mayConnect && (
              <Button type="primary" icon={<PlusOutlined />} onClick={add}>
                {t('connect')}
              </Button>
            )}
          </>
        }
      />
      <List add={mayConnect ? add : undefined} />
      <RegistryDrawer
        id={wanted.registry}
        edit={() => change({ edit: wanted.registry })}
        close={() => change({ registry: undefined })}
      />
      {mayConnect && (
        <RegistryForm
          id={wanted.edit}
          open={wanted.make === true || wanted.edit !== undefined}
          close={() => change({ make: undefined, edit: undefined })}
        />
      )}
      <SyncDialog open={syncing} close={() => setSyncing(false)} />
      <NightlyDialog open={nightly} close={() => setNightly(false)} />
    </div>
  );
}

/** The list with its filters and what is done with some of it. */
function List({ add }: { add?: () => void }) {
  const { t } = useTranslation('registries');
  const [wanted, change] = useFields(FIELDS);
  const maySync = useMay('operator');
  const filter = { kind: wanted.kind, search: wanted.search };
  const picker = useSelection(filter);
  const picked = [...picker.selection.ids];
  const sync = useSync(picker.clear);
  const remove = useDelete(picker.clear);
  const filtered = wanted.kind !== undefined || wanted.search !== undefined;
  return (
    <>
      {maySync && picked.length > 0 && (
        <section className="batch" aria-label={t('picked')}>
          <strong>{t('pickedCount', { count: picked.length })}</strong>
          <Button type="link" size="small" onClick={picker.clear}>
            {t('clear')}
          </Button>
          <span className="grow" />
          <Button
            type="primary"
            loading={sync.isPending}
            onClick={() => sync.mutate({ scope: 'registries', registries: picked })}
          >
            {t('syncPicked')}
          </Button>
          {add && (
            <Button danger onClick={() => remove.askAll(picked)}>
              {t('delete')}
            </Button>
          )}
        </section>
      )}
      <QueryTable<Registry>
        name="registries"
        queryKey={['registries', 'list', filter]}
        load={(page) => data(api.GET('/api/v1/registries', { params: { query: { ...filter, ...page } } }))}
        columns={useRegistryColumns()}
        rowKey={(registry) => registry.id}
        open={(registry) => change({ registry: registry.id })}
        opened={wanted.registry}
        picker={maySync ? picker : undefined}
        toolbar={<Filters />}
        actions={
          maySync
            ? (registry) => <RowActions registry={registry} edit={add && (() => change({ edit: registry.id }))} />
            : undefined
        }
        actionsWidth={add ? 124 : 72}
        actionsTitle={t('operations')}
        empty={
          filtered ? (
            <Empty description={t('nothingFits')} />
          ) : (
            <Empty description={<span className="empty">{t(add ? 'empty' : 'emptyForOthers')}</span>}>
              {add && <Button onClick={add}>{t('connect')}</Button>}
            </Empty>
          )
        }
      />
    </>
  );
}

function Filters() {
  const { t } = useTranslation('registries');
  const [wanted, change] = useFields(FIELDS);
  const { data: kinds } = useKinds();
  const kindTitle = useKindTitle();
  return (
    <div className="filters">
      <SearchBox
        fields={[{ key: 'search', title: t('searched') }]}
        values={{ search: wanted.search }}
        search={change}
      />
      <OneOf
        title={t('column.kind')}
        words={(kinds ?? []).map((kind) => kind.kind)}
        label={kindTitle}
        value={wanted.kind}
        choose={(kind) => change({ kind })}
      />
    </div>
  );
}

/** What a row offers. */
function RowActions({ registry, edit }: { registry: Registry; edit?: () => void }) {
  const { t } = useTranslation('registries');
  const sync = useSync();
  return (
    <>
      <Button
        type="link"
        size="small"
        loading={sync.isPending}
        onClick={() => sync.mutate({ scope: 'registries', registries: [registry.id] })}
      >
        {t('syncOne')}
      </Button>
      {edit && (
        <Button type="link" size="small" onClick={edit}>
          {t('edit')}
        </Button>
      )}
    </>
  );
}
