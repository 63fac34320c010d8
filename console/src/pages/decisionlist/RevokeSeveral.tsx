// Taking several decisions back at once.
import { Form, Input } from 'antd';
import { useTranslation } from 'react-i18next';
import { api, data, Refusal, type Schemas } from '@/api/client';
import { FormDialog } from '@/parts/FormDialog';

type Dialog = { open: boolean; ids: number[]; close: () => void; done: () => void };

/** Takes one back; that somebody else did so meanwhile is as good. */
async function revoke(id: number, body: Schemas['Revocation']): Promise<void> {
  try {
    await data(api.POST('/api/v1/decisions/{id}/revoke', { params: { path: { id } }, body }));
  } catch (error) {
    if (!(error instanceof Refusal) || error.code !== 'conflict') throw error;
  }
}

/** The dialog. */
export function RevokeSeveral({ open, ids, close, done }: Dialog) {
  const { t } = useTranslation('decisionlist');
  const send = async (body: Schemas['Revocation']) => {
    for (const id of ids) await revoke(id, body);
  };
  return (
    <FormDialog<Schemas['Revocation'], void>
      open={open}
      title={t('revokeSeveralTitle', { count: ids.length })}
      okText={t('revoke')}
      danger
      send={send}
      changes={['decisions', 'images', 'image', 'risks']}
      said={t('revokedSeveral', { count: ids.length })}
      done={done}
      close={close}
    >
      <p className="consequence">{t('revokeSeveralHelp')}</p>
      <Form.Item name="remark" label={t('remark')}>
        <Input.TextArea maxLength={1024} showCount autoSize={{ minRows: 2, maxRows: 6 }} />
      </Form.Item>
    </FormDialog>
  );
}
