// The projects by their names.
import { useQuery } from '@tanstack/react-query';
import { api, data, type Schemas } from '@/api/client';
import { visible } from './visible';

/** So many are known by name; the others are shown by their number. */
const MOST = 200;

/** The projects that who asks sees. */
export function useProjects(wanted = true): Schemas['Project'][] {
  const { data: page } = useQuery({
    queryKey: ['projects', 'all'],
    queryFn: () => data(api.GET('/api/v1/projects', { params: { query: { limit: MOST } } })),
    enabled: wanted,
  });
  return page?.items ?? [];
}

/** What a project is called. */
export function nameOf(projects: Schemas['Project'][], id: number): string {
  return projects.find((project) => project.id === id)?.name ?? `#${id}`;
}

/** The projects as a drop-down offers them. */
export function optionsOf(projects: Schemas['Project'][]): { value: number; label: string }[] {
  return projects.map(({ id, name }) => ({ value: id, label: visible(name) }));
}
