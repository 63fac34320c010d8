// The list as a text: for what `lazaret base` keeps, and for lists that are made elsewhere.
import { Form, Input, Modal } from 'antd';
import { useTranslation } from 'react-i18next';
import { RefusedForm } from '@/parts/RefusedForm';
import { type BaseSet, type Kept, parse, useKeep } from './list';

type Dialog = { set: BaseSet | undefined; open: boolean; close: () => void };

const EXAMPLE = `{
  "version": 1,
  "bases": [
    {
      "name": "debian:12",
      "platform": "linux/amd64",
      "digest": "sha256:…",
      "layers": ["sha256:…"]
    }
  ]
}`;

/** The dialog. */
export function TextDialog({ set, open, close }: Dialog) {
  const { t } = useTranslation('bases');
  const [form] = Form.useForm<Kept>();
  const keep = useKeep(close);
  return (
    <Modal
      open={open}
      width={860}
      title={t('asText')}
      okText={t('save')}
      confirmLoading={keep.isPending}
      mask={{ closable: false }}
      destroyOnHidden
      onOk={form.submit}
      onCancel={close}
      afterClose={keep.reset}
    >
      <p className="consequence">{t('textHelp')}</p>
      {keep.error && <RefusedForm error={keep.error} />}
      <Form<Kept>
        form={form}
        clearOnDestroy
        layout="vertical"
        initialValues={{ content: set?.content ?? '', remark: '', version: set?.version ?? 0 }}
        onFinish={() => keep.mutate(form.getFieldsValue(true) as Kept)}
      >
        <Form.Item
          name="content"
          label={t('content')}
          required
          rules={[
            {
              validator: (_, content: string) =>
                parse(content) ? Promise.resolve() : Promise.reject(new Error(t('notAList'))),
            },
          ]}
        >
          <Input.TextArea
            autoSize={{ minRows: 12, maxRows: 24 }}
            spellCheck={false}
            placeholder={EXAMPLE}
            className="code"
          />
        </Form.Item>
        <Form.Item name="remark" label={t('remark')}>
          <Input maxLength={1024} />
        </Form.Item>
      </Form>
      <p className="consequence">{t('consequence')}</p>
    </Modal>
  );
}
