// How containers of an image begin: what its configuration says.
import { Empty } from 'antd';
import { useTranslation } from 'react-i18next';
import type { Schemas } from '@/api/client';
import { type Fact, Facts, Lines } from './Facts';
import type { ImageDetail } from './ImageView';

type Config = Schemas['ImageConfig'];

/** The settings, in their order. */
export const SETTINGS = [
  'user',
  'entrypoint',
  'command',
  'working_directory',
  'exposed_ports',
  'volumes',
  'environment',
  'labels',
  'healthcheck',
  'on_build',
  'stop_signal',
  'shell',
] as const;

/** The lines of a setting. */
export function linesOf(config: Config, setting: (typeof SETTINGS)[number]): string[] {
  const value = config[setting];
  if (value === null || value === undefined || value === '') return [];
  if (typeof value === 'string') return [value];
  if (Array.isArray(value)) {
    const words = setting === 'entrypoint' || setting === 'command' || setting === 'healthcheck' || setting === 'shell';
    return words && value.length > 0 ? [value.join(' ')] : value;
  }
  return Object.entries(value).map(([name, text]) => `${name}=${text}`);
}

/** The tab. */
export function Configuration({ image }: { image: ImageDetail }) {
  const { t } = useTranslation('image');
  const { config } = image;
  if (!config) return <Empty description={t('noConfiguration')} />;
  const facts = SETTINGS.map((setting): Fact => {
    const value = <Setting key={setting} lines={linesOf(config, setting)} />;
    return { key: setting, title: t(`setting.${setting}`), value, wide: true };
  });
  return (
    <div className="settings">
      <Facts facts={facts} />
    </div>
  );
}

function Setting({ lines }: { lines: string[] }) {
  const { t } = useTranslation('image');
  return lines.length > 0 ? <Lines of={lines} /> : <span className="quiet">{t('notSet')}</span>;
}
