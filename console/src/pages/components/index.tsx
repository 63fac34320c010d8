// Where is a package: by its name, its versions and its type.
import { useQuery } from '@tanstack/react-query';
import { Alert, Button, Empty, Form, Input, Select, Tag } from 'antd';
import { useTranslation } from 'react-i18next';
import { api, data, type Schemas } from '@/api/client';
import { one, text, useFields, type Values } from '@/app/url';
import { Block } from '@/parts/image/Facts';
import { PACKAGE_TYPES } from '@/parts/image/packageTypes';
import { SmallTable } from '@/parts/image/SmallTable';
import { PageHead } from '@/parts/PageHead';
import { Again } from '@/parts/Refused';
import { Count, Name } from '@/parts/Values';
import { ComponentImages } from './ComponentImages';
import './style.css';

type Component = Schemas['Component'];

const FIELDS = { name: text(), version: text(), type: one(PACKAGE_TYPES) };

type Wanted = Values<typeof FIELDS>;

/** The page. */
export default function Components() {
  const { t } = useTranslation('components');
  const [wanted, change] = useFields(FIELDS);
  const { name, version, type } = wanted;
  const {
    data: found,
    error,
    isFetching,
    refetch,
  } = useQuery({
    queryKey: ['images', 'components', wanted],
    queryFn: () => data(api.GET('/api/v1/components', { params: { query: { name: name ?? '', version, type } } })),
    enabled: name !== undefined,
  });
  return (
    <div className="page">
      <PageHead title={t('title')} about={t('about')} guide={t('guideSteps', { returnObjects: true })} />
      <SearchForm key={JSON.stringify(wanted)} wanted={wanted} search={change} />
      {!name && <Empty description={t('begin')} />}
      {name && error && <Again error={error} again={refetch} />}
      {name && !error && (
        <>
          {found && !found.complete && <Alert type="warning" showIcon title={t('incomplete')} className="gaps" />}
          <Versions found={found?.items} loading={isFetching} narrow={change} />
          <ComponentImages name={name} version={version} type={type} />
        </>
      )}
    </div>
  );
}

/** What is searched for. */
function SearchForm({ wanted, search }: { wanted: Wanted; search: (wanted: Wanted) => void }) {
  const { t } = useTranslation('components');
  const trimmed = (value: string | undefined) => value?.trim() || undefined;
  return (
    <Form<Wanted>
      layout="inline"
      requiredMark={false}
      className="component-form"
      initialValues={wanted}
      onFinish={({ name, version, type }) => search({ name: trimmed(name), version: trimmed(version), type })}
    >
      <Form.Item name="name" label={t('name')} rules={[{ required: true, whitespace: true, message: t('needed') }]}>
        <Input
          allowClear
          placeholder="org.apache.logging.log4j:log4j-core"
          maxLength={300}
          className="component-name"
        />
      </Form.Item>
      <Form.Item name="version" label={t('version')} tooltip={t('versionHelp')}>
        <Input allowClear placeholder=">=2.0, <2.17" maxLength={200} />
      </Form.Item>
      <Form.Item name="type" label={t('type')}>
        <Select
          allowClear
          showSearch
          placeholder={t('anyType')}
          className="component-type"
          options={PACKAGE_TYPES.map((value) => ({ value, label: value }))}
        />
      </Form.Item>
      <Button type="primary" htmlType="submit">
        {t('search')}
      </Button>
    </Form>
  );
}

type Found = { found: Component[] | undefined; loading: boolean; narrow: (wanted: Wanted) => void };

/** The versions that were found, each of which narrows the search to itself. */
function Versions({ found, loading, narrow }: Found) {
  const { t } = useTranslation('components');
  return (
    <Block title={t('versions', { count: found?.length ?? 0 })}>
      <SmallTable<Component>
        rowKey={(row) => `${row.type} ${row.name} ${row.version}`}
        loading={loading}
        dataSource={found}
        locale={{ emptyText: t('nothing') }}
        columns={[
          { key: 'name', title: t('name'), render: (_, row) => <Name of={row.name} strong /> },
          {
            key: 'version',
            title: t('version'),
            width: 260,
            render: (_, row) => (
              <span className="image-name">
                <Button
                  type="link"
                  size="small"
                  className="inline-button"
                  onClick={() => narrow({ name: row.name, version: `=${row.version}`, type: typeOf(row) })}
                >
                  <Name of={row.version} />
                </Button>
                {row.uncertain && <Tag color="orange">{t('uncertain')}</Tag>}
              </span>
            ),
          },
          { key: 'type', title: t('type'), width: 110, render: (_, row) => row.type },
          {
            key: 'images',
            title: t('images'),
            width: 110,
            align: 'right',
            render: (_, row) => <Count of={row.images} />,
          },
        ]}
      />
    </Block>
  );
}

const typeOf = (row: Component) => PACKAGE_TYPES.find((type) => type === row.type);
