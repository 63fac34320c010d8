// The operation guide of a page.
import { Drawer } from 'antd';
import { useTranslation } from 'react-i18next';

/** The steps, one after the other. */
export default function Guide({ steps, open, close }: { steps: string[]; open: boolean; close: () => void }) {
  const { t } = useTranslation();
  return (
    <Drawer open={open} onClose={close} title={t('guide')} size={520}>
      <ol className="guide">
        {steps.map((step) => (
          <li key={step}>{step}</li>
        ))}
      </ol>
    </Drawer>
  );
}
