// A new password.
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Alert, Button, Form, Input } from 'antd';
import { useTranslation } from 'react-i18next';
import { api, data, type Schemas } from '@/api/client';
import { useWords } from '@/parts/Refused';

type Wanted = Schemas['PasswordChange'] & { again: string };

/** The form by itself. */
export function PasswordForm({ done }: { done?: () => void }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const words = useWords();
  const change = useMutation({
    mutationFn: ({ current, new: next }: Wanted) =>
      data(api.PUT('/api/v1/me/password', { body: { current, new: next } })),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: ['me'] });
      done?.();
    },
  });
  const refused = change.error && words(change.error);
  const required = { required: true, message: t('required') };
  return (
    <Form<Wanted> layout="vertical" requiredMark={false} onFinish={change.mutate}>
      {refused && (
        <Alert type="error" showIcon title={refused.title} description={refused.detail} className="form-alert" />
      )}
      <Form.Item name="current" label={t('currentPassword')} rules={[required]}>
        <Input.Password autoComplete="current-password" />
      </Form.Item>
      <Form.Item
        name="new"
        label={t('newPassword')}
        extra={t('passwordRule')}
        rules={[required, { min: 12, message: t('passwordRule') }]}
      >
        <Input.Password autoComplete="new-password" />
      </Form.Item>
      <Form.Item
        name="again"
        label={t('passwordAgain')}
        dependencies={['new']}
        rules={[
          required,
          ({ getFieldValue }) => ({
            validator: (_, value) =>
              value === getFieldValue('new') ? Promise.resolve() : Promise.reject(new Error(t('passwordsDiffer'))),
          }),
        ]}
      >
        <Input.Password autoComplete="new-password" />
      </Form.Item>
      <Button type="primary" htmlType="submit" block loading={change.isPending}>
        {t('changePassword')}
      </Button>
    </Form>
  );
}
