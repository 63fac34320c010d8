// What the form of a registry holds, and what is sent of it.
import type { Schemas } from '@/api/client';
import type { Registry } from './columns';

export type Settings = Schemas['RegistrySettings'];
export type Values = {
  name: string;
  kind: string;
  project_id?: number;
  settings: Settings;
  secrets?: Schemas['RegistrySecrets'];
};

/** What a new registry is like before anything is said. */
export const INITIAL: Partial<Values> = {
  settings: { api_version: 'auto', nightly: true, accept_any_certificate: false, include: [], exclude: [] },
};

/** Whether something secret is kept of a registry. */
export function keepsSecrets(registry: Registry | undefined): boolean {
  return Boolean(registry?.has_password || registry?.has_proxy);
}

const same = (a: string | null | undefined, b: string | null | undefined) => (a ?? '').trim() === (b ?? '').trim();

/** Whether what is secret would go elsewhere than it was given for, so that it has to be said again. */
export function isElsewhere(registry: Registry | undefined, settings: Settings | undefined): boolean {
  if (!registry || !settings || !keepsSecrets(registry)) return false;
  const before = registry.settings;
  return (
    !same(before.address, settings.address) ||
    ('api_address' in settings && !same(before.api_address, settings.api_address)) ||
    !same(before.authorities, settings.authorities) ||
    (!before.accept_any_certificate && settings.accept_any_certificate === true)
  );
}

/** The settings as they are sent: with those that the form does not show, without empty texts. */
export function settingsOf(registry: Registry | undefined, settings: Settings): Settings {
  const all = { ...registry?.settings, ...settings };
  const said = Object.entries(all).filter(([, value]) => value !== '' && value !== undefined && value !== null);
  return { ...(Object.fromEntries(said) as Settings), address: settings.address?.trim() ?? '' };
}
