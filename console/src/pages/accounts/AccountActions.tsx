// What can be done with an account.
import { App, Button } from 'antd';
import { useTranslation } from 'react-i18next';
import { api, data, type Schemas } from '@/api/client';
import { useMe } from '@/app/session';
import { useAct } from '@/parts/act';

type Account = Schemas['Account'];
type Actions = { account: Account; edit: () => void; tell: (made: Schemas['CreatedAccount']) => void };

/** The buttons of a row; nobody deletes the account that is signed in. */
export function AccountActions({ account, edit, tell }: Actions) {
  const { t } = useTranslation('accounts');
  const { message } = App.useApp();
  const me = useMe();
  const path = { id: account.id };
  const { login } = account;
  const reset = useAct(() => data(api.PUT('/api/v1/accounts/{id}/password', { params: { path }, body: {} })), {
    changes: ['accounts'],
    done: tell,
  });
  const remove = useAct(() => data(api.DELETE('/api/v1/accounts/{id}', { params: { path } })), {
    changes: ['accounts'],
    done: () => void message.success(t('deleted')),
  });
  const face = { type: 'link', size: 'small' } as const;
  return (
    <>
      <Button {...face} onClick={edit}>
        {t('edit')}
      </Button>
      <Button
        {...face}
        loading={reset.isPending}
        onClick={() =>
          reset.ask(undefined, { title: t('resetTitle', { login }), content: t('resetHelp'), okText: t('reset') })
        }
      >
        {t('reset')}
      </Button>
      <Button
        {...face}
        danger
        disabled={account.id === me.id}
        loading={remove.isPending}
        onClick={() =>
          remove.ask(undefined, {
            title: t('deleteTitle', { login }),
            content: t('deleteHelp'),
            okText: t('delete'),
            danger: true,
          })
        }
      >
        {t('delete')}
      </Button>
    </>
  );
}
