// A strip of numbers, each of which is a filter.
import { Skeleton } from 'antd';
import { useTranslation } from 'react-i18next';
import { Help } from './Help';

export type Card = {
  key: string;
  title: string;
  help?: string;
  value: number | undefined;
  /** Colours the number when it is not zero. */
  tone?: 'critical' | 'high' | 'good' | 'plain';
  chosen?: boolean;
  choose?: () => void;
};

/** The strip. */
export function Cards({ cards }: { cards: Card[] }) {
  return (
    <div className="cards">
      {cards.map(({ key, ...card }) => (
        <OneCard key={key} {...card} />
      ))}
    </div>
  );
}

function OneCard({ title, help, value, tone = 'plain', chosen, choose }: Omit<Card, 'key'>) {
  const { i18n } = useTranslation();
  const number =
    value === undefined ? <Skeleton.Button active size="small" /> : new Intl.NumberFormat(i18n.language).format(value);
  const face = <span className={`card-number tone-${value ? tone : 'plain'}`}>{number}</span>;
  return (
    <div className={chosen ? 'card card-chosen' : 'card'}>
      {choose ? (
        <button type="button" aria-pressed={chosen ?? false} onClick={choose}>
          {face}
          <span className="card-title">{title}</span>
        </button>
      ) : (
        <div>
          {face}
          <span className="card-title">{title}</span>
        </div>
      )}
      {help && <Help text={help} term={title} />}
    </div>
  );
}
