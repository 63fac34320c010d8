// Where an image or a task stands; what failed says why, and what to do about it.
import {
  CheckCircleFilled,
  ClockCircleOutlined,
  CloseCircleFilled,
  ExclamationCircleFilled,
  MinusCircleOutlined,
  SyncOutlined,
} from '@ant-design/icons';
import { Popover } from 'antd';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Schemas } from '@/api/client';
import { inLanguage } from '@/i18n';
import { Code } from '@/parts/Values';

type ImageStatus = Schemas['ImageStatus'];
type TaskStatus = Schemas['TaskStatus'];
type Failure = Schemas['ImageFailure'];

const FACES: Record<ImageStatus | TaskStatus, [ReactNode, string]> = {
  unscanned: [<MinusCircleOutlined key="" />, 'quiet'],
  waiting: [<ClockCircleOutlined key="" />, 'quiet'],
  scanning: [<SyncOutlined spin key="" />, 'busy'],
  running: [<SyncOutlined spin key="" />, 'busy'],
  scanned: [<CheckCircleFilled key="" />, 'good'],
  done: [<CheckCircleFilled key="" />, 'good'],
  failed: [<CloseCircleFilled key="" />, 'bad'],
  cancelled: [<ExclamationCircleFilled key="" />, 'quiet'],
};

/** A state with its sign, how far it is, and behind it why it failed. */
export function Status({
  of,
  percent,
  failure,
}: {
  of: ImageStatus | TaskStatus;
  percent?: number;
  failure?: Failure | null;
}) {
  const { t } = useTranslation();
  const [sign, tone] = FACES[of];
  const busy = of === 'scanning' || of === 'running';
  const words = (
    <span className={`status status-${tone}`}>
      {sign} {t(`status.${of}`)}
      {busy && percent !== undefined && <span className="number"> {percent}%</span>}
    </span>
  );
  if (!failure) return words;
  return (
    <Popover title={<FailureTitle failure={failure} />} content={<Why failure={failure} />}>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: why it failed is read with the keyboard, too */}
      <span className="explained" tabIndex={0}>
        {words}
      </span>
    </Popover>
  );
}

/** The name of a failure. */
export function FailureTitle({ failure }: { failure: Failure }) {
  const { t } = useTranslation();
  return <>{t(`failure.${failure.code}`)}</>;
}

/** Why something failed and what to do about it. */
export function Why({ failure }: { failure: Failure }) {
  const { t, i18n } = useTranslation();
  return (
    <div className="why">
      <p>{inLanguage(failure.advice, i18n.language)}</p>
      {failure.message && (
        <details>
          <summary>{t('told')}</summary>
          <Code of={failure.message} />
        </details>
      )}
    </div>
  );
}
