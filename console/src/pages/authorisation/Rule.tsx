// The rule by which new images are authorised by themselves, in words.
import { Descriptions } from 'antd';
import { useTranslation } from 'react-i18next';
import type { Schemas } from '@/api/client';
import { Words } from '@/parts/Values';

type Stated = { of: Schemas['AuthorisationRule'] | null | undefined; quota: number | null | undefined };

/** The rule, and the quota it keeps to. */
export function Rule({ of, quota }: Stated) {
  const { t, i18n } = useTranslation('authorisation');
  const number = new Intl.NumberFormat(i18n.language);
  const kinds = (of?.kinds ?? []).map((kind) => t(`imageKind.${kind}`)).join(', ');
  const facts = of
    ? [
        { key: 'automatic', label: t('automatic'), children: t('on') },
        { key: 'kinds', label: t('kinds'), children: kinds || t('anyKind') },
        {
          key: 'names',
          label: t('names'),
          children: of.names?.length ? <Words of={of.names.join(', ')} /> : t('anyName'),
        },
        { key: 'daily', label: t('daily'), children: of.daily ? number.format(of.daily) : t('unlimited') },
      ]
    : [{ key: 'automatic', label: t('automatic'), children: t('off') }];
  const limit = { key: 'quota', label: t('card.quota'), children: t('unlimited') };
  const items = typeof quota === 'number' ? facts : [limit, ...facts];
  return (
    <Descriptions
      size="small"
      bordered
      column={{ xs: 1, lg: 2 }}
      items={items}
      className="authorisation-rule"
      styles={{ label: { width: 240 } }}
    />
  );
}
