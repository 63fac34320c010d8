// A decision that begins with a rule, a package or a path: first about what, then the dialog of all decisions.
import { Form, Input, Modal, Select } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { DecisionDialog, type Subject } from '@/parts/decisions/DecisionDialog';
import { KINDS } from './filters';

type Wanted = Pick<Subject, 'kind' | 'rule' | 'package' | 'path'>;

/** The two dialogs. */
export function NewDecision({ open, close }: { open: boolean; close: () => void }) {
  const { t } = useTranslation('decisionlist');
  const [form] = Form.useForm<Wanted>();
  const [about, setAbout] = useState<Wanted>();
  const end = () => {
    setAbout(undefined);
    close();
  };
  return (
    <>
      <Modal
        open={open && !about}
        width={560}
        title={t('makeTitle')}
        okText={t('next')}
        destroyOnHidden
        onOk={form.submit}
        onCancel={close}
      >
        <Form<Wanted>
          form={form}
          clearOnDestroy
          layout="vertical"
          initialValues={{ kind: 'vulnerabilities' }}
          onFinish={setAbout}
        >
          <p className="consequence">{t('makeHelp')}</p>
          <SubjectFields />
        </Form>
      </Modal>
      <DecisionDialog
        open={open && about !== undefined}
        subjects={[about ?? { kind: 'vulnerabilities' }]}
        close={end}
      />
    </>
  );
}

function SubjectFields() {
  const { t } = useTranslation('decisionlist');
  const one = ({ getFieldValue }: { getFieldValue: (name: string) => unknown }) => ({
    validator: () =>
      ['rule', 'package', 'path'].some((name) => getFieldValue(name))
        ? Promise.resolve()
        : Promise.reject(new Error(t('oneNeeded'))),
  });
  return (
    <>
      <Form.Item name="kind" required label={t('kindTitle')}>
        <Select options={KINDS.map((value) => ({ value, label: t(`kind.${value}`) }))} />
      </Form.Item>
      <Form.Item
        name="rule"
        label={t('field.rule')}
        extra={t('ruleHelp')}
        dependencies={['package', 'path']}
        rules={[one]}
      >
        <Input maxLength={256} placeholder="CVE-2026-12345" spellCheck={false} />
      </Form.Item>
      <Form.Item name="package" label={t('package')} extra={t('packageHelp')}>
        <Input maxLength={1000} placeholder="openssl*" spellCheck={false} />
      </Form.Item>
      <Form.Item name="path" label={t('path')} extra={t('pathHelp')}>
        <Input maxLength={1000} placeholder="/usr/share/doc/**" spellCheck={false} />
      </Form.Item>
    </>
  );
}
