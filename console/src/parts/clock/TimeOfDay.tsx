// A time of the day, as the interface writes it: `02:30`.
import { TimePicker } from 'antd';
import dayjs from 'dayjs';

type Moment = {
  id?: string;
  value?: string | null;
  onChange?: (value: string | undefined) => void;
  label?: string;
  placeholder?: string;
  /** Whether it may be left out. */
  optional?: boolean;
};

/** The field. */
export function TimeOfDay({ id, value, onChange, label, placeholder, optional }: Moment) {
  return (
    <TimePicker
      id={id}
      value={value ? dayjs(`2000-01-01T${value}`) : null}
      format="HH:mm"
      needConfirm={false}
      allowClear={optional ?? false}
      placeholder={placeholder}
      aria-label={label}
      onChange={(time) => onChange?.(time?.format('HH:mm'))}
    />
  );
}
