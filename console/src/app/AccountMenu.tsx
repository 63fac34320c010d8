// Who is signed in, and the way out.
import { KeyOutlined, LogoutOutlined, UserOutlined } from '@ant-design/icons';
import { useQueryClient } from '@tanstack/react-query';
import { Button, Dropdown } from 'antd';
import { lazy, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api, keepToken } from '@/api/client';
import { Later } from '@/parts/Later';
import { forget, useMe } from './session';

const PasswordDialog = lazy(() => import('./PasswordDialog'));

/** The menu of the account. */
export function AccountMenu() {
  const { t } = useTranslation();
  const me = useMe();
  const client = useQueryClient();
  const [changing, setChanging] = useState(false);
  const leave = async () => {
    await api.DELETE('/api/v1/session');
    keepToken(undefined);
    forget(client);
    client.setQueryData(['me'], null);
  };
  const items = [
    { key: 'who', label: `${me.login} · ${t(`role.${me.role}`)}`, disabled: true },
    { type: 'divider' as const },
    { key: 'password', icon: <KeyOutlined />, label: t('changePassword'), onClick: () => setChanging(true) },
    { key: 'leave', icon: <LogoutOutlined />, label: t('signOut'), onClick: () => void leave() },
  ];
  return (
    <>
      <Dropdown menu={{ items }} trigger={['click']}>
        <Button type="text" icon={<UserOutlined />} aria-label={t('account')}>
          <span className="wide-only">{me.login}</span>
        </Button>
      </Dropdown>
      <Later open={changing}>
        <PasswordDialog open={changing} close={() => setChanging(false)} />
      </Later>
    </>
  );
}
