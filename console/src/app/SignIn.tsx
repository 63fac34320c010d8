// The door.
import { LockOutlined, UserOutlined } from '@ant-design/icons';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Alert, Button, Form, Input } from 'antd';
import { useTranslation } from 'react-i18next';
import { api, data, keepToken, type Schemas } from '@/api/client';
import { forget } from '@/app/session';
import { speak } from '@/i18n';
import { useWords } from '@/parts/Refused';
import { Door } from './Door';

/** Asks for login and password. */
export default function SignIn() {
  const { t } = useTranslation();
  const client = useQueryClient();
  const words = useWords();
  const signIn = useMutation({
    mutationFn: (body: Schemas['SignIn']) => data(api.POST('/api/v1/session', { body })),
    onSuccess: async (me) => {
      keepToken(me.csrf_token);
      if (localStorage.getItem('lazaret.language') === null) await speak(me.language);
      forget(client);
      client.setQueryData(['me'], me);
    },
  });
  const refused = signIn.error && words(signIn.error);
  return (
    <Door>
      <h1>{t('signIn')}</h1>
      {refused && <Alert type="error" showIcon title={refused.title} description={refused.detail} />}
      <Form<Schemas['SignIn']> layout="vertical" size="large" requiredMark={false} onFinish={signIn.mutate}>
        <Form.Item name="login" label={t('login')} rules={[{ required: true, message: t('required') }]}>
          <Input prefix={<UserOutlined />} autoComplete="username" autoFocus spellCheck={false} />
        </Form.Item>
        <Form.Item name="password" label={t('password')} rules={[{ required: true, message: t('required') }]}>
          <Input.Password prefix={<LockOutlined />} autoComplete="current-password" />
        </Form.Item>
        <Button type="primary" htmlType="submit" block loading={signIn.isPending}>
          {t('signIn')}
        </Button>
      </Form>
      <p className="door-help">{t('signInHelp')}</p>
    </Door>
  );
}
