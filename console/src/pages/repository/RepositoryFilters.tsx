// The filters that only images of registries have.
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { api, data } from '@/api/client';
import { useFields } from '@/app/url';
import { OneOf } from '@/parts/Choice';
import { FIELDS } from '@/parts/images/filters';
import { RegistryKindSelect, RegistrySelect } from '@/parts/sync/RegistrySelect';

/** Registry, kind of registry, and where authorisation is on, whether an image is authorised. */
export function RepositoryFilters() {
  const { t } = useTranslation('repository');
  const [wanted, change] = useFields(FIELDS);
  const { data: authorisation } = useQuery({
    queryKey: ['authorisation'],
    queryFn: () => data(api.GET('/api/v1/authorisation')),
  });
  return (
    <>
      <RegistrySelect filter value={wanted.registry} onChange={(registry) => change({ registry })} />
      <RegistryKindSelect filter value={wanted.registry_kind} onChange={(registry_kind) => change({ registry_kind })} />
      {(authorisation?.enabled || wanted.authorised !== undefined) && (
        <OneOf
          title={t('authorised')}
          words={['true', 'false']}
          label={(word) => t(word === 'true' ? 'isAuthorised' : 'notAuthorised')}
          value={wanted.authorised === undefined ? undefined : `${wanted.authorised}`}
          choose={(word) => change({ authorised: word && word === 'true' })}
        />
      )}
    </>
  );
}
