// How bad: one colour for each severity, always with its word or its letter beside it.
import { Tooltip } from 'antd';
import { useTranslation } from 'react-i18next';
import type { Schemas } from '@/api/client';

export type Severity = Schemas['Severity'];
type Counts = Schemas['SeverityCounts'];

/** From the worst to the least. */
export const SEVERITIES = ['critical', 'high', 'medium', 'low', 'negligible', 'unknown'] as const;
/** Those that a bar shows. */
const SHOWN = ['critical', 'high', 'medium', 'low'] as const;

/** A severity, or how risky an image is. */
export function SeverityTag({ severity }: { severity: Severity | Schemas['ImageRisk'] | null | undefined }) {
  const { t } = useTranslation();
  if (!severity) return <span className="quiet">—</span>;
  return <span className={`severity severity-${severity}`}>{t(`severity.${severity}`)}</span>;
}

/** How many there are of each severity, as four cells. */
export function SeverityBar({ counts }: { counts: Counts }) {
  const { t } = useTranslation();
  const rest = counts.negligible + counts.unknown;
  const words = SEVERITIES.filter((severity) => counts[severity] > 0);
  const title = words.map((severity) => `${t(`severity.${severity}`)} ${counts[severity]}`).join(' · ');
  return (
    <Tooltip title={title || t('nothingFound')}>
      <span className="severity-bar" role="img" aria-label={title || t('nothingFound')}>
        {SHOWN.map((severity) => (
          <span key={severity} className={counts[severity] > 0 ? `cell cell-${severity}` : 'cell cell-none'}>
            {short(counts[severity])}
          </span>
        ))}
        {rest > 0 && <span className="cell-rest">+{short(rest)}</span>}
      </span>
    </Tooltip>
  );
}

/** A count in at most four characters. */
export function short(count: number): string {
  if (count < 1000) return `${count}`;
  if (count < 10_000) return `${Math.floor(count / 100) / 10}k`;
  if (count < 1_000_000) return `${Math.floor(count / 1000)}k`;
  return `${Math.floor(count / 1_000_000)}M`;
}
