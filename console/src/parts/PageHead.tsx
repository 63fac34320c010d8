// The head of a page: what it is, what it is for, what can be done here.
import { Button } from 'antd';
import { lazy, type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Later } from './Later';

const Guide = lazy(() => import('./Guide'));

type Head = {
  title: ReactNode;
  about?: ReactNode;
  /** The steps of the operation guide, which is behind a button: the texts `guideSteps` of the page. */
  guide?: unknown;
  /** What can be done, from the right. */
  actions?: ReactNode;
};

/** The head of a page. */
export function PageHead({ title, about, guide, actions }: Head) {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  const steps = Array.isArray(guide) ? guide.map(String) : [];
  return (
    <header className="page-head">
      <div className="page-head-words">
        <h1>{title}</h1>
        {steps.length > 0 && (
          <Button type="link" size="small" onClick={() => setOpen(true)}>
            {t('guide')}
          </Button>
        )}
        {about && <p className="page-about">{about}</p>}
      </div>
      <div className="page-actions">{actions}</div>
      <Later open={open}>
        <Guide steps={steps} open={open} close={() => setOpen(false)} />
      </Later>
    </header>
  );
}
