// What a job told beyond its row.
import { useTranslation } from 'react-i18next';
import type { Schemas } from '@/api/client';
import { inLanguage } from '@/i18n';
import { Code, Words } from '@/parts/Values';

type Job = Schemas['TaskJob'];

/** Whether a job told more than its row shows. */
export function told(job: Job): boolean {
  return Boolean(job.message || job.advice || job.listing);
}

/** The advice and the message in full; of a listing, what could not be listed. */
export function JobMore({ job }: { job: Job }) {
  const { t, i18n } = useTranslation('tasks');
  const { listing } = job;
  const failures = Object.entries(listing?.failures ?? {});
  return (
    <div className="job-more">
      {job.advice && <p>{inLanguage(job.advice, i18n.language)}</p>}
      {job.message && (
        <p>
          {t('told')}: <Code of={job.message} />
        </p>
      )}
      {listing && (
        <p>
          {t('listingMore', {
            repositories: listing.repositories ?? 0,
            images: listing.images ?? 0,
            changed: listing.changed ?? 0,
            gone: listing.gone ?? 0,
            failed: listing.failed ?? 0,
            unread: listing.unread ?? 0,
          })}{' '}
          {t(listing.whole ? 'listingWhole' : 'listingPart')}
        </p>
      )}
      {failures.length > 0 && (
        <ul>
          {failures.map(([repository, why]) => (
            <li key={repository}>
              <Words of={repository} />: <Words of={why} />
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
