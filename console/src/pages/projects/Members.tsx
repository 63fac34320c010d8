// Who sees a project because they were let.
import { useQuery } from '@tanstack/react-query';
import { Drawer, Empty, Table } from 'antd';
import { useTranslation } from 'react-i18next';
import { api, data, type Schemas } from '@/api/client';
import { nameOf, useProjects } from '@/parts/projects';
import { Again } from '@/parts/Refused';
import { Name } from '@/parts/Values';

/** The drawer of the project that is open. */
export function Members({ id, close }: { id: number | undefined; close: () => void }) {
  const { t } = useTranslation('projects');
  const projects = useProjects(id !== undefined);
  const members = useQuery({
    queryKey: ['projects', 'members', id],
    queryFn: () => data(api.GET('/api/v1/projects/{id}/members', { params: { path: { id: id ?? 0 } } })),
    enabled: id !== undefined,
  });
  return (
    <Drawer
      open={id !== undefined}
      onClose={close}
      size="min(560px, 92vw)"
      destroyOnHidden
      title={id !== undefined && <Name of={nameOf(projects, id)} />}
    >
      <p className="quiet">{t('membersHelp')}</p>
      {members.error ? (
        <Again error={members.error} again={members.refetch} />
      ) : (
        <Table<Schemas['Member']>
          size="small"
          rowKey="account_id"
          loading={members.isPending}
          dataSource={members.data}
          pagination={false}
          locale={{ emptyText: <Empty description={t('noMembers')} /> }}
          columns={[
            { key: 'login', title: t('account'), render: (_, member) => <Name of={member.login} /> },
            { key: 'role', title: t('roleTitle'), width: 160, render: (_, member) => t(`role.${member.role}`) },
          ]}
        />
      )}
    </Drawer>
  );
}
