// What stands around a form before anybody is signed in.
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { LanguageChoice, LookChoice } from './Choices';
import { Mark } from './Mark';

/** A form in the middle, with the language and the look above. */
export function Door({ children }: { children: ReactNode }) {
  const { t } = useTranslation();
  return (
    <div className="door">
      <header className="door-head">
        <LanguageChoice />
        <LookChoice />
      </header>
      <main className="door-body">
        <div className="door-mark">
          <Mark size={40} />
          <div>
            <strong>Lazaret</strong>
            <span>{t('tagline')}</span>
          </div>
        </div>
        <div className="door-card">{children}</div>
      </main>
    </div>
  );
}
