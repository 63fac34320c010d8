import { DatePicker } from 'antd';
import dayjs from 'dayjs';
import { useTranslation } from 'react-i18next';

/** From a day on. */
export function Since({ value, choose }: { value: number | undefined; choose: (since: number | undefined) => void }) {
  const { t } = useTranslation('events');
  return (
    <DatePicker
      placeholder={t('since')}
      value={value ? dayjs(value) : null}
      maxDate={dayjs()}
      onChange={(day) => choose(day?.startOf('day').valueOf())}
    />
  );
}
