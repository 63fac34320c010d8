// What happened, in words: the message, and what is known of the vulnerability.
import { Link } from '@tanstack/react-router';
import { Tag } from 'antd';
import { useTranslation } from 'react-i18next';
import type { Schemas } from '@/api/client';
import { inLanguage } from '@/i18n';
import { Name, Words } from '@/parts/Values';
import './style.css';

type Event = Schemas['Event'];
type Detail = { title?: string; exploited?: boolean; fixable?: boolean };

/** What an event tells beside its message. */
export function detailOf(event: Event): Detail {
  const { title, exploited, fixable } = event.detail as Record<string, unknown>;
  return {
    title: typeof title === 'string' ? title : undefined,
    exploited: exploited === true,
    fixable: fixable === true,
  };
}

/** The message with the title of the vulnerability below it. */
export function EventWords({ event }: { event: Event }) {
  const { i18n } = useTranslation();
  const { title } = detailOf(event);
  return (
    <span className="event-words">
      <Name of={inLanguage(event.message, i18n.language)} />
      {title && (
        <span className="quiet">
          <Name of={title} />
        </span>
      )}
    </span>
  );
}

/** Whether it is exploited, and whether there is a fix. */
export function EventMarks({ event }: { event: Event }) {
  const { t } = useTranslation('eventwords');
  const { exploited, fixable } = detailOf(event);
  return (
    <>
      {exploited && <Tag className="event-exploited">{t('exploited')}</Tag>}
      {fixable && <Tag>{t('fixable')}</Tag>}
    </>
  );
}

/** The vulnerability that an event is about. */
export function EventSubject({ event }: { event: Event }) {
  if (!event.subject) return <span className="quiet">—</span>;
  const path = `/risks/vulnerabilities/${encodeURIComponent(event.subject)}`;
  return (
    <Link to={path as '/'}>
      <Words of={event.subject} />
    </Link>
  );
}
