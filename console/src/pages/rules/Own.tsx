// The rules of one kind that people wrote, as text.
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Alert, App, Button, Form, Input, Skeleton } from 'antd';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Schemas } from '@/api/client';
import { useMay } from '@/app/session';
import { Again } from '@/parts/Refused';
import { RefusedForm } from '@/parts/RefusedForm';
import { FormatHelp } from './FormatHelp';
import type { KINDS } from './kinds';
import { type Change, replace, useHolding, useTellChanged } from './useRules';

type Kind = (typeof KINDS)[number];
type Rules = Schemas['RuleSet'];

/** The text, once it is known. */
export function Own({ kind }: { kind: Kind }) {
  const holding = useHolding(kind);
  if (holding.error) return <Again error={holding.error} again={holding.refetch} />;
  if (!holding.data) return <Skeleton active />;
  return <Text kind={kind} holding={holding.data} />;
}

function Text({ kind, holding }: { kind: Kind; holding: Rules }) {
  const { t } = useTranslation('rules');
  const mayChange = useMay('administrator');
  const { rules, content, setContent, changed, overtaken, begin } = useDraft(holding);
  const [remark, setRemark] = useState('');
  const save = useSave(kind, begin);
  return (
    <div className="rules-own">
      <Form layout="vertical" requiredMark={false} className="rules-text">
        <RefusedForm error={save.error} />
        {overtaken && <Overtaken take={() => begin(holding)} />}
        <Form.Item label={t('text')} htmlFor="rules-text">
          <Input.TextArea
            id="rules-text"
            className="code"
            value={content}
            readOnly={!mayChange}
            autoSize={{ minRows: 14, maxRows: 32 }}
            placeholder={t('noneYet')}
            spellCheck={false}
            onChange={(event) => setContent(event.target.value)}
          />
        </Form.Item>
        {mayChange && (
          <>
            <Form.Item label={t('remark')} htmlFor="rules-remark">
              <Input
                id="rules-remark"
                maxLength={1024}
                value={remark}
                placeholder={t('remarkHint')}
                onChange={(event) => setRemark(event.target.value)}
              />
            </Form.Item>
            <div className="rules-actions">
              <Button
                type="primary"
                disabled={!changed}
                loading={save.isPending}
                onClick={() => save.ask({ content, remark, replaces: rules.version })}
              >
                {t('save')}
              </Button>
              <Button disabled={!changed} onClick={() => setContent(rules.content)}>
                {t('discard')}
              </Button>
            </div>
          </>
        )}
      </Form>
      <FormatHelp kind={kind} insert={mayChange ? (example) => setContent(join(content, example)) : undefined} />
    </div>
  );
}

/** That somebody else kept other rules while these were written. */
function Overtaken({ take }: { take: () => void }) {
  const { t } = useTranslation('rules');
  const action = <Button onClick={take}>{t('takeTheirs')}</Button>;
  return <Alert type="warning" showIcon className="form-alert" title={t('overtaken')} action={action} />;
}

/** What is written and not kept yet. What somebody else kept meanwhile takes its place only when nothing was written. */
function useDraft(holding: Rules) {
  const [rules, setRules] = useState(holding);
  const [content, setContent] = useState(holding.content);
  const changed = content !== rules.content;
  const newer = holding.version > rules.version;
  const begin = (next: Rules) => {
    setRules(next);
    setContent(next.content);
  };
  useEffect(() => {
    if (!newer || changed) return;
    setRules(holding);
    setContent(holding.content);
  }, [newer, changed, holding]);
  return { rules, content, setContent, changed, overtaken: newer && changed, begin };
}

const join = (text: string, more: string) => (text.trim() ? `${text.trimEnd()}\n\n${more}` : more);

/** Keeping rules: asks first, since what they concern is looked through again. */
function useSave(kind: Kind, begin: (rules: Rules) => void) {
  const { t } = useTranslation('rules');
  const { modal } = App.useApp();
  const client = useQueryClient();
  const tell = useTellChanged();
  const save = useMutation({
    mutationFn: (change: Change) => replace(kind, change),
    onSuccess: (changed, { content }) => {
      begin({ kind, content, version: changed.version });
      tell(changed);
      void client.invalidateQueries({ queryKey: ['rules'] });
    },
  });
  const ask = (change: Change) =>
    void modal.confirm({
      title: t('saveTitle'),
      content: t(change.content.trim() ? 'saveHelp' : 'saveNothing', { checks: t(`concerns.${kind}`) }),
      okText: t('save'),
      onOk: () => save.mutateAsync(change).catch(() => undefined),
    });
  return { ...save, ask };
}
