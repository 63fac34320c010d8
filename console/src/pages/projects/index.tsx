// The projects: what separates images, and who sees them.
import { PlusOutlined } from '@ant-design/icons';
import { Link } from '@tanstack/react-router';
import { App, Button, Empty, Form, Input } from 'antd';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api, data, type Schemas } from '@/api/client';
import { useMay } from '@/app/session';
import { useFields, whole } from '@/app/url';
import { useAct } from '@/parts/act';
import { FormDialog } from '@/parts/FormDialog';
import { LISTS } from '@/parts/images/lists';
import { PageHead } from '@/parts/PageHead';
import type { Column } from '@/parts/table/columns';
import { QueryTable } from '@/parts/table/QueryTable';
import { Name, Time } from '@/parts/Values';
import { Members } from './Members';
import './style.css';

type Project = Schemas['Project'];

const FIELDS = { project: whole() };

/** The page. */
export default function Projects() {
  const { t } = useTranslation('projects');
  const [{ project }, change] = useFields(FIELDS);
  const mayChange = useMay('administrator');
  const maySeeMembers = useMay('auditor');
  const [naming, setNaming] = useState<Project | 'new'>();
  const columns = useColumns();
  return (
    <div className="page">
      <PageHead
        title={t('title')}
        about={t('about')}
        actions={
          mayChange && (
            <Button type="primary" icon={<PlusOutlined />} onClick={() => setNaming('new')}>
              {t('make')}
            </Button>
          )
        }
      />
      <QueryTable<Project>
        name="projects"
        queryKey={['projects', 'list']}
        load={(query) => data(api.GET('/api/v1/projects', { params: { query } }))}
        columns={columns}
        rowKey={(row) => row.id}
        open={maySeeMembers ? (row) => change({ project: row.id }) : undefined}
        opened={project}
        actions={mayChange ? (row) => <ProjectActions project={row} rename={() => setNaming(row)} /> : undefined}
        actionsWidth={150}
        actionsTitle={t('operations')}
        empty={<Empty description={t('empty')} />}
      />
      <NameDialog naming={naming} close={() => setNaming(undefined)} />
      {maySeeMembers && <Members id={project} close={() => change({ project: undefined })} />}
    </div>
  );
}

function useColumns(): Column<Project>[] {
  const { t } = useTranslation('projects');
  return useMemo(
    () => [
      { key: 'name', title: t('name'), width: 420, pinned: true, render: (row) => <Name of={row.name} strong /> },
      { key: 'images', title: t('images'), width: 320, render: (row) => <Images of={row.id} /> },
      { key: 'id', title: t('id'), width: 100, render: (row) => <span className="number">{row.id}</span> },
      { key: 'created', title: t('created'), width: 160, render: (row) => <Time at={row.created} /> },
    ],
    [t],
  );
}

/** The lists of images, kept to a project. */
function Images({ of }: { of: number }) {
  const { t } = useTranslation('projects');
  return (
    <span className="project-images">
      {LISTS.map(({ name, path }) => (
        <Link key={name} to={path as '/'} search={{ project: of } as never}>
          {t(`list.${name}`)}
        </Link>
      ))}
    </span>
  );
}

/** Renaming and deleting. */
function ProjectActions({ project, rename }: { project: Project; rename: () => void }) {
  const { t } = useTranslation('projects');
  const { message } = App.useApp();
  const remove = useAct((id: number) => data(api.DELETE('/api/v1/projects/{id}', { params: { path: { id } } })), {
    changes: ['projects'],
    done: () => void message.success(t('deleted')),
  });
  const question = {
    title: t('deleteTitle', { name: project.name }),
    content: t('deleteHelp'),
    okText: t('delete'),
    danger: true,
  };
  return (
    <>
      <Button type="link" size="small" onClick={rename}>
        {t('rename')}
      </Button>
      <Button
        type="link"
        size="small"
        danger
        loading={remove.isPending}
        onClick={() => remove.ask(project.id, question)}
      >
        {t('delete')}
      </Button>
    </>
  );
}

/** The name of a new project, or another one of an old. */
function NameDialog({ naming, close }: { naming: Project | 'new' | undefined; close: () => void }) {
  const { t } = useTranslation('projects');
  const project = naming === 'new' ? undefined : naming;
  const send = (body: Schemas['ProjectName']) =>
    project
      ? data(api.PATCH('/api/v1/projects/{id}', { params: { path: { id: project.id } }, body }))
      : data(api.POST('/api/v1/projects', { body }));
  return (
    <FormDialog<Schemas['ProjectName'], Project>
      open={naming !== undefined}
      title={t(project ? 'rename' : 'make')}
      okText={t('save')}
      width={460}
      initial={project && { name: project.name }}
      send={send}
      changes={['projects']}
      said={t('saved')}
      close={close}
    >
      <Form.Item name="name" label={t('name')} rules={[{ required: true, whitespace: true, message: t('required') }]}>
        <Input maxLength={100} />
      </Form.Item>
    </FormDialog>
  );
}
