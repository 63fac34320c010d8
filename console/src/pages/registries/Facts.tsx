// What is set for a registry, as who may only look sees it.
import { Descriptions, type DescriptionsProps } from 'antd';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useKindTitle } from '@/parts/sync/registries';
import { Count, Time, Words } from '@/parts/Values';
import type { Registry } from './columns';
import { Health } from './Health';

/** Settings that are a line of text. */
const LINES = ['api_address', 'region', 'instance', 'namespace', 'role', 'external_id', 'username'] as const;

const several = (words: string[] | undefined) =>
  words && words.length > 0 ? <Words of={words.join(', ')} /> : undefined;

/** The facts, in the order of the form. */
export function Facts({ registry }: { registry: Registry }) {
  const { t, i18n } = useTranslation('registries');
  const kindTitle = useKindTitle();
  const { settings } = registry;
  const yes = (wanted: boolean | undefined) => t(wanted ? 'yes' : 'no');
  const rate = settings.images_per_hour;
  const number = new Intl.NumberFormat(i18n.language);
  const facts: [string, ReactNode][] = [
    [t('column.kind'), kindTitle(registry.kind)],
    [t('column.health'), <Health key="" registry={registry} />],
    [t('column.address'), settings.address && <Words of={settings.address} />],
    ...LINES.map((field): [string, ReactNode] => [t(`field.${field}`), settings[field]]),
    [t('passwordKept'), yes(registry.has_password)],
    [t('checkCertificate'), yes(!settings.accept_any_certificate)],
    [t('field.authorities'), settings.authorities ? t('ownAuthorities') : undefined],
    [t('proxyKept'), registry.has_proxy ? t('yes') : undefined],
    [t('field.include'), several(settings.include)],
    [t('field.exclude'), several(settings.exclude)],
    [t('field.proxy_caches'), yes(settings.proxy_caches)],
    [t('column.rate'), rate ? t('rate:perHour', { rate: number.format(rate) }) : t('unlimited')],
    [t('column.nightly'), yes(settings.nightly ?? true)],
    [t('field.incremental'), t(settings.incremental ? 'incremental' : 'whole')],
    [t('field.scan_new'), yes(settings.scan_new)],
    [t('column.notices'), t(registry.has_notices ? 'on' : 'off')],
    [t('column.images'), <Count key="" of={registry.images} />],
    [t('column.checked'), <Time key="" at={registry.checked} />],
    [t('column.synced'), <Time key="" at={registry.synced} />],
    [t('listed'), <Time key="" at={registry.listed} />],
    [t('column.created'), <Time key="" at={registry.created} />],
  ];
  const items: DescriptionsProps['items'] = facts
    .filter(([, value]) => value !== undefined && value !== null && value !== '')
    .map(([label, children]) => ({ key: label, label, children }));
  return <Descriptions size="small" bordered column={1} items={items} styles={{ label: { width: 220 } }} />;
}
