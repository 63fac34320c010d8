// A distribution: one bar of parts, and below it what each part is.
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { Count } from '@/parts/Values';

export type Part = { key: string; title: string; value: number; color: string; to?: string; search?: object };

/** The bar with its legend. */
export function Distribution({ parts, title }: { parts: Part[]; title: string }) {
  const { i18n } = useTranslation();
  const total = parts.reduce((sum, part) => sum + part.value, 0);
  const number = new Intl.NumberFormat(i18n.language);
  const share = new Intl.NumberFormat(i18n.language, { style: 'percent', maximumFractionDigits: 1 });
  const words = parts.map((part) => `${part.title} ${number.format(part.value)}`).join(', ');
  return (
    <>
      <div className="bar" role="img" aria-label={`${title}: ${words}`}>
        {parts
          .filter((part) => part.value > 0)
          .map((part) => (
            <span key={part.key} style={{ flexGrow: part.value, background: part.color }} />
          ))}
      </div>
      <ul className="legend">
        {parts.map((part) => (
          <li key={part.key}>
            <span className="dot" style={{ background: part.color }} />
            {part.to ? (
              <Link to={part.to as '/'} search={part.search as never}>
                {part.title}
              </Link>
            ) : (
              <span>{part.title}</span>
            )}
            <span className="grow" />
            <Count of={part.value} />
            <span className="share quiet number">{total > 0 ? share.format(part.value / total) : '—'}</span>
          </li>
        ))}
      </ul>
    </>
  );
}
