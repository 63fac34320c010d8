// What happened lately.
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { api, data, type Schemas } from '@/api/client';
import { EventMarks, EventSubject, EventWords } from '@/parts/eventwords/EventWords';
import { SeverityTag } from '@/parts/Severity';
import { Time } from '@/parts/Values';
import { MOST, Rows } from './Rows';

/** The newest events. */
export default function Newest() {
  const { t } = useTranslation('overview');
  const asked = useQuery({
    queryKey: ['events', 'list', 'newest'],
    queryFn: () => data(api.GET('/api/v1/events', { params: { query: { limit: MOST } } })),
  });
  const row = (event: Schemas['Event']) => (
    <li key={event.id}>
      <SeverityTag severity={event.severity} />
      <div className="attention-words">
        <span>
          <EventSubject event={event} /> <EventMarks event={event} />
        </span>
        <EventWords event={event} />
      </div>
      <Time at={event.at} />
    </li>
  );
  return <Rows asked={asked} empty={t('noEvents')} row={row} />;
}
