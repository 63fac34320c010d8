// What is compared with what.
import { useTranslation } from 'react-i18next';
import type { Schemas } from '@/api/client';
import { ImageLink } from '@/parts/image/links';
import { ImageName, Time } from '@/parts/Values';

/** Both sides, with when each was scanned. */
export function Sides({ comparison }: { comparison: Schemas['Comparison'] }) {
  return (
    <div className="compared">
      <Side name="left" side={comparison.left} />
      <Side name="right" side={comparison.right} />
    </div>
  );
}

function Side({ name, side }: { name: 'left' | 'right'; side: Schemas['ComparedSide'] }) {
  const { t } = useTranslation('compare');
  return (
    <section aria-label={t(name)}>
      <span className="quiet">{t(name)}</span>
      {side.image ? (
        <ImageLink id={side.image}>
          <ImageName of={side.name} />
        </ImageLink>
      ) : (
        <ImageName of={side.name} />
      )}
      <span className="quiet">
        {t('scanned')} <Time at={side.scanned} whole />
      </span>
    </section>
  );
}
