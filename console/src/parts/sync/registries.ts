// What is known of registries and their kinds, for filters and forms.
import { useQuery } from '@tanstack/react-query';
import { useCallback } from 'react';
import { useTranslation } from 'react-i18next';
import { api, data, type Schemas } from '@/api/client';
import { inLanguage } from '@/i18n';

/** So many registries are offered at once; a search finds the others. */
const OFFERED = 100;

/** The kinds of registries that can be connected. */
export function useKinds(wanted = true) {
  return useQuery({
    queryKey: ['registry-kinds'],
    queryFn: () => data(api.GET('/api/v1/registries/kinds')),
    staleTime: Number.POSITIVE_INFINITY,
    enabled: wanted,
  });
}

/** What a kind is called; the word of one that is not known. */
export function useKindTitle(wanted = true): (kind: string) => string {
  const { i18n } = useTranslation();
  const { data: kinds } = useKinds(wanted);
  return useCallback(
    (kind) => {
      const known = kinds?.find((other) => other.kind === kind);
      return known ? inLanguage(known.title, i18n.language) : kind;
    },
    [kinds, i18n.language],
  );
}

/** The registries whose name or address holds a text, by name. */
export function useRegistries(search: string, wanted: boolean) {
  return useQuery({
    queryKey: ['registries', 'list', 'offered', search],
    queryFn: () =>
      data(api.GET('/api/v1/registries', { params: { query: { search: search || undefined, limit: OFFERED } } })),
    enabled: wanted,
  });
}

/** A registry, by its id. */
export function useRegistry(id: number | undefined) {
  return useQuery({
    queryKey: ['registries', 'one', id],
    queryFn: (): Promise<Schemas['Registry']> =>
      data(api.GET('/api/v1/registries/{id}', { params: { path: { id: id ?? 0 } } })),
    enabled: id !== undefined,
  });
}
