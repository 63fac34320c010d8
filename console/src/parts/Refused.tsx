// What is shown where something was refused, or broke.
import { useQueryClient } from '@tanstack/react-query';
import { Alert, Button } from 'antd';
import { useTranslation } from 'react-i18next';
import { Refusal } from '@/api/client';
import { inLanguage } from '@/i18n';
import { Words } from '@/parts/Values';

/** What a refusal says, in the language that is spoken. */
export function useWords(): (error: unknown) => { title: string; detail?: string } {
  const { t, i18n } = useTranslation();
  return (error) => {
    if (!(error instanceof Refusal)) return { title: t('broken'), detail: `${error}` };
    if (!error.problem) return { title: t('unreachable') };
    const title = inLanguage(error.problem.message, i18n.language);
    const detail = error.problem.detail === title ? undefined : error.problem.detail;
    return { title, detail };
  };
}

/** A refusal in the place of what was asked for, with a way to ask again. */
export function Again({ error, again }: { error: unknown; again?: () => unknown }) {
  const { t } = useTranslation();
  const words = useWords()(error);
  return (
    <Alert
      type="error"
      showIcon
      title={words.title}
      description={words.detail && <Words of={words.detail} />}
      action={again && <Button onClick={() => void again()}>{t('tryAgain')}</Button>}
    />
  );
}

/** A page broke. */
export function Broken({ error, reset }: { error: unknown; reset?: () => void }) {
  const client = useQueryClient();
  const again = () => {
    void client.invalidateQueries();
    reset?.();
  };
  return (
    <div className="page">
      <Again error={error} again={again} />
    </div>
  );
}
