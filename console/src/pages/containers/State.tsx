// What a container does.
import {
  CheckCircleFilled,
  CloseCircleFilled,
  MinusCircleOutlined,
  PauseCircleOutlined,
  SyncOutlined,
} from '@ant-design/icons';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Schemas } from '@/api/client';

/** The states of containers. */
export const STATES = ['running', 'created', 'paused', 'restarting', 'removing', 'exited', 'dead', 'unknown'] as const;

const FACES: Record<Schemas['ContainerState'], [ReactNode, string]> = {
  running: [<CheckCircleFilled key="" />, 'good'],
  created: [<MinusCircleOutlined key="" />, 'quiet'],
  paused: [<PauseCircleOutlined key="" />, 'quiet'],
  restarting: [<SyncOutlined key="" />, 'busy'],
  removing: [<SyncOutlined key="" />, 'busy'],
  exited: [<MinusCircleOutlined key="" />, 'quiet'],
  dead: [<CloseCircleFilled key="" />, 'bad'],
  unknown: [<MinusCircleOutlined key="" />, 'quiet'],
};

/** The state with its sign; of one that ended, with what. */
export function State({ of, exit }: { of: Schemas['ContainerState']; exit?: number | null }) {
  const { t } = useTranslation('containers');
  const [sign, tone] = FACES[of];
  const ended = (of === 'exited' || of === 'dead') && exit !== undefined && exit !== null;
  return (
    <span className={`status status-${tone}`}>
      {sign} {t(`state.${of}`)}
      {ended && <span className="number"> ({exit})</span>}
    </span>
  );
}
