// A time zone, by its name.
import { Select } from 'antd';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';

/** The time zone of who looks. */
export function ownZone(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone || 'UTC';
}

/** How far a zone is from UTC now, such as `+08:00`. */
function offset(zone: string): string {
  const parts = new Intl.DateTimeFormat('en', { timeZone: zone, timeZoneName: 'longOffset' }).formatToParts();
  return parts.find((part) => part.type === 'timeZoneName')?.value.replace('GMT', 'UTC') ?? '';
}

/** The field. */
export function ZoneSelect({
  id,
  value,
  onChange,
}: {
  id?: string;
  value?: string;
  onChange?: (zone: string) => void;
}) {
  const { t } = useTranslation('clock');
  const options = useMemo(() => {
    const known = new Set(['UTC', ownZone(), ...Intl.supportedValuesOf('timeZone')]);
    if (value) known.add(value);
    return [...known].map((zone) => ({ value: zone, label: zone }));
  }, [value]);
  return (
    <Select
      id={id}
      value={value}
      onChange={onChange}
      showSearch
      style={{ maxWidth: 320 }}
      aria-label={t('zone')}
      options={options}
      optionRender={({ value: zone }) => (
        <>
          {zone} <span className="quiet">{offset(`${zone}`)}</span>
        </>
      )}
    />
  );
}
