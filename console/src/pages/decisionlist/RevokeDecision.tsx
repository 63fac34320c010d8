// Taking a decision back: what it covered counts again.
import { Form, Input } from 'antd';
import { useTranslation } from 'react-i18next';
import { api, data, type Schemas } from '@/api/client';
import { FormDialog } from '@/parts/FormDialog';

type Dialog = { open: boolean; detail: Schemas['DecisionDetail']; close: () => void };

/** The dialog. */
export function RevokeDecision({ open, detail: { decision, findings, images }, close }: Dialog) {
  const { t, i18n } = useTranslation('decisionlist');
  const number = new Intl.NumberFormat(i18n.language);
  const counts = { findings: number.format(findings), images: number.format(images) };
  const send = (body: Schemas['Revocation']) =>
    data(api.POST('/api/v1/decisions/{id}/revoke', { params: { path: { id: decision.id } }, body }));
  return (
    <FormDialog<Schemas['Revocation'], Schemas['Decision']>
      open={open}
      title={t('revokeTitle')}
      okText={t('revoke')}
      danger
      send={send}
      changes={['decisions', 'images', 'image', 'risks']}
      said={t('revokedNow')}
      close={close}
    >
      <p className="consequence">{t('revokeHelp', counts)}</p>
      <Form.Item name="remark" label={t('remark')}>
        <Input.TextArea maxLength={1024} showCount autoSize={{ minRows: 2, maxRows: 6 }} />
      </Form.Item>
    </FormDialog>
  );
}
