// How a registry is: whether it answered when it was last asked, and if not, why and what to do.
import { CheckCircleFilled, CloseCircleFilled, MinusCircleOutlined } from '@ant-design/icons';
import { Popover } from 'antd';
import { useTranslation } from 'react-i18next';
import { FailureTitle, Why } from '@/parts/Status';
import type { Registry } from './columns';

const FACES = {
  well: [<CheckCircleFilled key="" />, 'good'],
  failing: [<CloseCircleFilled key="" />, 'bad'],
  unknown: [<MinusCircleOutlined key="" />, 'quiet'],
} as const;

/** The state with its sign; why it fails is behind it. */
export function Health({ registry }: { registry: Pick<Registry, 'health' | 'failure'> }) {
  const { t } = useTranslation('registries');
  const { health, failure } = registry;
  const [sign, tone] = FACES[health];
  const words = (
    <span className={`status status-${tone}`}>
      {sign} {t(`health.${health}`)}
    </span>
  );
  if (!failure || health !== 'failing') return words;
  return (
    <Popover title={<FailureTitle failure={failure} />} content={<Why failure={failure} />}>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: why it fails is read with the keyboard, too */}
      <span className="explained" tabIndex={0}>
        {words}
      </span>
    </Popover>
  );
}
