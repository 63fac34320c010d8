// Having a file made: what is in it, of which images, in which columns and language.
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { Alert, App, Button, Checkbox, Form, Input, InputNumber, Modal, Radio, Select } from 'antd';
import { useTranslation } from 'react-i18next';
import { api, data, type Schemas } from '@/api/client';
import { inLanguage } from '@/i18n';
import { useWords } from '@/parts/Refused';
import { SEVERITIES } from '@/parts/Severity';

type Subject = Schemas['ExportSubject'];
type Filter = Schemas['ImageFilter'];
type Wanted = {
  subject: Subject;
  format: Schemas['ExportFormat'];
  columns?: string[];
  severity?: Schemas['Severity'][];
  fixable?: boolean;
  handled?: boolean;
  max_rows?: number;
  language: 'en' | 'zh';
  days: number;
  name?: string;
};

/** Of which images: those picked, those that fit a filter, or all. */
export type Of = { images: number[] } | { filter: Filter; exclude: number[] } | undefined;

type Dialog = { open: boolean; of: Of; count?: number; subject?: Subject; close: () => void };

const WITH_SEVERITY: Subject[] = ['vulnerabilities', 'baseline', 'malware', 'secrets', 'compliance'];

/** What does not hold for another subject. */
const NOTHING = { columns: undefined, severity: undefined, fixable: undefined, handled: undefined };

/** The dialog. */
export function ExportDialog({ open, of, count, subject: first, close }: Dialog) {
  const { t, i18n } = useTranslation('exports');
  const { notification } = App.useApp();
  const client = useQueryClient();
  const navigate = useNavigate();
  const words = useWords();
  const [form] = Form.useForm<Wanted>();
  const subject = Form.useWatch('subject', form);
  const { data: subjects } = useQuery({
    queryKey: ['exports', 'subjects'],
    queryFn: () => data(api.GET('/api/v1/exports/subjects')),
    enabled: open,
    staleTime: Number.POSITIVE_INFINITY,
  });
  const known = subjects?.find((candidate) => candidate.subject === subject);
  const make = useMutation({
    mutationFn: ({ name, ...wanted }: Wanted) =>
      data(api.POST('/api/v1/exports', { body: { ...wanted, ...of, name: name || undefined } })),
    onSuccess: () => {
      close();
      void client.invalidateQueries({ queryKey: ['exports'] });
      notification.success({
        title: t('begun'),
        description: t('begunHelp'),
        placement: 'bottomRight',
        key: 'export',
        actions: (
          <Button type="link" onClick={() => void navigate({ to: '/exports' } as never)}>
            {t('toExports')}
          </Button>
        ),
      });
    },
  });
  const refused = make.error && words(make.error);
  const initial: Wanted = {
    subject: first ?? 'vulnerabilities',
    format: 'xlsx',
    language: i18n.language === 'zh' ? 'zh' : 'en',
    days: 7,
  };
  return (
    <Modal
      open={open}
      width={600}
      title={t('dialogTitle')}
      okText={t('make')}
      confirmLoading={make.isPending}
      destroyOnHidden
      onOk={form.submit}
      onCancel={close}
    >
      <Form<Wanted>
        form={form}
        clearOnDestroy
        layout="vertical"
        initialValues={initial}
        onFinish={make.mutate}
        onValuesChange={(changed) => {
          if (!changed.subject) return;
          const formats = subjects?.find((candidate) => candidate.subject === changed.subject)?.formats ?? [];
          form.setFieldsValue({ ...NOTHING, format: formats[0] });
        }}
      >
        {refused && (
          <Alert type="error" showIcon title={refused.title} description={refused.detail} className="form-alert" />
        )}
        <p className="consequence">{of ? t('ofImages', { count: count ?? 0 }) : t('ofAll')}</p>
        <Form.Item name="subject" label={t('subject')}>
          <Select
            options={(subjects ?? []).map((candidate) => ({
              value: candidate.subject,
              label: t(`subject_.${candidate.subject}`),
            }))}
          />
        </Form.Item>
        <Form.Item name="format" label={t('format')}>
          <Radio.Group
            options={(known?.formats ?? ['xlsx']).map((value) => ({ value, label: t(`format_.${value}`) }))}
          />
        </Form.Item>
        {(known?.columns.length ?? 0) > 0 && (
          <Form.Item name="columns" label={t('columns')}>
            <Select
              mode="multiple"
              allowClear
              placeholder={t('allColumns')}
              optionFilterProp="label"
              maxTagCount="responsive"
              options={known?.columns.map((column) => ({
                value: column.id,
                label: inLanguage(column.title, i18n.language),
              }))}
            />
          </Form.Item>
        )}
        {subject && WITH_SEVERITY.includes(subject) && <FindingFields subject={subject} />}
        <div className="form-row">
          <Form.Item name="language" label={t('language')}>
            <Radio.Group
              options={[
                { value: 'zh', label: <span lang="zh-CN">简体中文</span> },
                { value: 'en', label: <span lang="en">English</span> },
              ]}
            />
          </Form.Item>
          <Form.Item name="days" label={t('days')}>
            <InputNumber min={1} max={90} suffix={t('daysUnit')} />
          </Form.Item>
          {subject !== 'sbom' && (
            <Form.Item name="max_rows" label={t('maxRows')} getValueFromEvent={(rows) => rows ?? undefined}>
              <InputNumber min={1} precision={0} placeholder={t('allRows')} />
            </Form.Item>
          )}
        </div>
        <Form.Item name="name" label={t('name')}>
          <Input maxLength={100} placeholder={t('nameHint')} />
        </Form.Item>
      </Form>
    </Modal>
  );
}

/** Which findings are in it. */
function FindingFields({ subject }: { subject: Subject }) {
  const { t } = useTranslation('exports');
  return (
    <>
      <Form.Item name="severity" label={t('severities')}>
        <Select
          mode="multiple"
          showSearch={false}
          allowClear
          placeholder={t('allSeverities')}
          options={SEVERITIES.map((value) => ({ value, label: t(`severity.${value}`) }))}
        />
      </Form.Item>
      <Form.Item name="handled" label={t('handled')}>
        <Select
          allowClear
          placeholder={t('handled_.any')}
          options={[
            { value: false, label: t('handled_.no') },
            { value: true, label: t('handled_.yes') },
          ]}
        />
      </Form.Item>
      {subject === 'vulnerabilities' && (
        <Form.Item
          name="fixable"
          valuePropName="checked"
          getValueFromEvent={(event) => event.target.checked || undefined}
        >
          <Checkbox>{t('fixableOnly')}</Checkbox>
        </Form.Item>
      )}
    </>
  );
}
