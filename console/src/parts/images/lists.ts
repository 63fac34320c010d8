// The lists of images, and where those of each are from.
import type { Schemas } from '@/api/client';

type Source = Schemas['ImageKind'];

export const LISTS = [
  { name: 'local', path: '/images/local', sources: ['local'] },
  { name: 'registry', path: '/images/registry', sources: ['registry'] },
  { name: 'archive', path: '/images/archive', sources: ['ci', 'archive'] },
] as const satisfies { name: string; path: string; sources: readonly Source[] }[];

/** The list that has the images of a source. */
export function listOf(source: Source): string {
  return LISTS.find(({ sources }) => (sources as readonly Source[]).includes(source))?.path ?? LISTS[0].path;
}
