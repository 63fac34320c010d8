// What a task is about, in the language of who reads it.
import type { TFunction } from 'i18next';
import type { Schemas } from '@/api/client';

/** The name of a task; how many it is about where it has none. */
export function taskAbout(t: TFunction, task: Schemas['Task']): string {
  return task.name || t(`texts:taskOf.${task.kind}`, { count: task.total, defaultValue: '' });
}
