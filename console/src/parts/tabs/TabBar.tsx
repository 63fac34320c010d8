// Tabs that are all in sight: they go on in the next line where one is too short.
import { type KeyboardEvent, type ReactNode, useId } from 'react';
import { useTranslation } from 'react-i18next';
import './style.css';

export type Tab<Key extends string = string> = { key: Key; title: string; count?: number | null; children: ReactNode };

type Bar<Key extends string> = { name: string; tabs: Tab<Key>[]; chosen: Key | undefined; choose: (key: Key) => void };

const STEPS: Record<string, number> = { ArrowLeft: -1, ArrowRight: 1 };

/** The tabs, and what is behind the chosen one; the first when none is. */
export function TabBar<Key extends string>({ name, tabs, chosen, choose }: Bar<Key>) {
  const { i18n } = useTranslation();
  const id = useId();
  const at = Math.max(
    0,
    tabs.findIndex((tab) => tab.key === chosen),
  );
  const number = new Intl.NumberFormat(i18n.language);
  const move = (event: KeyboardEvent<HTMLElement>) => {
    const step = STEPS[event.key];
    const next = step && tabs[(at + step + tabs.length) % tabs.length];
    if (!next) return;
    event.preventDefault();
    choose(next.key);
    document.getElementById(`${id}${next.key}`)?.focus();
  };
  const shown = tabs[at];
  return (
    <>
      <div role="tablist" aria-label={name} className="tab-bar" onKeyDown={move}>
        {tabs.map((tab) => (
          <button
            key={tab.key}
            id={`${id}${tab.key}`}
            type="button"
            role="tab"
            aria-selected={tab === shown}
            aria-controls={`${id}panel`}
            tabIndex={tab === shown ? 0 : -1}
            onClick={() => choose(tab.key)}
          >
            {tab.title}
            {tab.count ? <span className="tab-count">{number.format(tab.count)}</span> : null}
          </button>
        ))}
      </div>
      <div role="tabpanel" id={`${id}panel`} aria-labelledby={`${id}${shown?.key}`} key={shown?.key}>
        {shown?.children}
      </div>
    </>
  );
}
