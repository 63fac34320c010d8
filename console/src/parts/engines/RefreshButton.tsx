// The button of the data update.
import { ReloadOutlined } from '@ant-design/icons';
import { Button } from 'antd';
import { useTranslation } from 'react-i18next';
import { useRefresh } from './useRefresh';

/** Reads every engine anew once it was asked. */
export function RefreshButton() {
  const { t } = useTranslation('engines');
  const refresh = useRefresh();
  return (
    <Button icon={<ReloadOutlined />} loading={refresh.isPending} onClick={refresh.ask}>
      {t('update')}
    </Button>
  );
}
