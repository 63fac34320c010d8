// A period of time as a filter.
import { DatePicker } from 'antd';
import dayjs from 'dayjs';

type Choice = {
  title: [from: string, until: string];
  since: number | undefined;
  until: number | undefined;
  choose: (period: { since: number | undefined; until: number | undefined }) => void;
};

/** From a time until another, each of which may be left open. */
export function Period({ title, since, until, choose }: Choice) {
  return (
    <DatePicker.RangePicker
      showTime={{ format: 'HH:mm' }}
      format="YYYY-MM-DD HH:mm"
      allowEmpty={[true, true]}
      placeholder={title}
      value={[since ? dayjs(since) : null, until ? dayjs(until) : null]}
      onChange={(period) => choose({ since: period?.[0]?.valueOf(), until: period?.[1]?.valueOf() })}
    />
  );
}
