// Changing a decision: where it holds, until when, why.
import { Checkbox, DatePicker, Form, Input, Select } from 'antd';
import dayjs, { type Dayjs } from 'dayjs';
import { useTranslation } from 'react-i18next';
import { api, data, type Schemas } from '@/api/client';
import { ScopeFields } from '@/parts/decisions/DecisionDialog';
import { FormDialog } from '@/parts/FormDialog';
import type { Decision } from './filters';

type Scope = Schemas['DecisionScope'];
type Wanted = {
  scope: Scope['type'];
  kinds?: Schemas['ImageKind'][];
  repositories?: string[];
  tags?: string[];
  registries?: string[];
  until?: Dayjs | null;
  until_fix: boolean;
  remark: string;
};

const SCOPES = ['all', 'kinds', 'names', 'registries'] as const;

/** What is sent for a scope: that of picked images stays what it is. */
function scopeOf(wanted: Wanted): Scope | undefined {
  switch (wanted.scope) {
    case 'all':
      return { type: 'all' };
    case 'kinds':
      return { type: 'kinds', kinds: wanted.kinds ?? [] };
    case 'names':
      return { type: 'names', repositories: wanted.repositories ?? [], tags: wanted.tags ?? [] };
    case 'registries':
      return { type: 'registries', registries: wanted.registries ?? [] };
    default:
      return undefined;
  }
}

/** What is sent: nothing where all is as before, so that the history tells what changed. */
function changed<T>(next: T | undefined, before: T): T | undefined {
  return JSON.stringify(next) === JSON.stringify(before) ? undefined : next;
}

/** The end of the day that was chosen; an end that was not touched stays to the millisecond. */
function untilOf(wanted: Wanted, before: Decision): number | undefined {
  const until = wanted.until?.valueOf();
  return until === before.until ? undefined : wanted.until?.endOf('day').valueOf();
}

/** The dialog. */
export function ChangeDecision({ open, decision, close }: { open: boolean; decision: Decision; close: () => void }) {
  const { t } = useTranslation('decisionlist');
  const { type, ...places } = decision.scope;
  const initial: Wanted = {
    scope: type,
    ...places,
    until: decision.until ? dayjs(decision.until) : null,
    until_fix: decision.until_fix,
    remark: decision.remark,
  };
  const send = (wanted: Wanted) =>
    data(
      api.PATCH('/api/v1/decisions/{id}', {
        params: { path: { id: decision.id } },
        body: {
          scope: changed(scopeOf(wanted), decision.scope),
          until: untilOf(wanted, decision),
          endless: Boolean(decision.until) && !wanted.until,
          until_fix: changed(wanted.until_fix, decision.until_fix),
          remark: changed(wanted.remark, decision.remark),
        },
      }),
    );
  return (
    <FormDialog<Wanted, Decision>
      open={open}
      title={t('changeTitle', { id: decision.id })}
      okText={t('save')}
      initial={initial}
      send={send}
      changes={['decisions', 'images', 'image', 'risks']}
      said={t('changed')}
      close={close}
    >
      <Fields picked={type === 'images'} />
    </FormDialog>
  );
}

function Fields({ picked }: { picked: boolean }) {
  const { t } = useTranslation('decisionlist');
  const scope = Form.useWatch('scope');
  const scopes = SCOPES.map((value) => ({ value, label: t(`decisions:scope_.${value}`) }));
  return (
    <>
      <Form.Item name="scope" required label={t('scope')}>
        <Select options={picked ? [{ value: 'images', label: t('inPicked') }, ...scopes] : scopes} />
      </Form.Item>
      <ScopeFields scope={scope} />
      <Form.Item name="until" label={t('until')}>
        <DatePicker className="until" minDate={dayjs()} placeholder={t('endless')} />
      </Form.Item>
      <Form.Item name="until_fix" valuePropName="checked">
        <Checkbox>{t('decisions:untilFix')}</Checkbox>
      </Form.Item>
      <Form.Item name="remark" label={t('remark')}>
        <Input.TextArea maxLength={1024} showCount autoSize={{ minRows: 2, maxRows: 6 }} />
      </Form.Item>
    </>
  );
}
