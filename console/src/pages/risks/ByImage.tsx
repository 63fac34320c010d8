// The way from risks to the images that have them.
import { useNavigate } from '@tanstack/react-router';
import { App, Button, Dropdown, Tooltip } from 'antd';
import { useTranslation } from 'react-i18next';
import type { Wanted } from './fields';
import { type ImagesOf, imagesOf, vulnerabilityOf } from './imagesOf';

/** The button; where the images are in several lists, a choice of them. */
export function ByImage({ wanted }: { wanted: Wanted }) {
  const { t } = useTranslation('risks');
  const navigate = useNavigate();
  const { message } = App.useApp();
  const lists = imagesOf(wanted);
  const go = ({ path, search }: ImagesOf) => {
    if (wanted.search && !vulnerabilityOf(wanted)) message.info(t('notSearched'));
    void navigate({ to: path, search } as never);
  };
  // Lists of images are filtered by what counts in them alone.
  if (wanted.state === 'handled') {
    return (
      <Tooltip title={t('handledNot')}>
        <Button disabled>{t('byImage')}</Button>
      </Tooltip>
    );
  }
  const [only, ...others] = lists;
  if (only && others.length === 0) return <Button onClick={() => go(only)}>{t('byImage')}</Button>;
  const items = lists.map((list) => ({
    key: list.path,
    label: list.sources.map((source) => t(`imageKind.${source}`)).join(' · '),
    onClick: () => go(list),
  }));
  return (
    <Dropdown menu={{ items }} trigger={['click']}>
      <Button>{t('byImage')}</Button>
    </Dropdown>
  );
}
