// The tasks that run, as the stream tells of them.
import { QueryClient } from '@tanstack/react-query';
import { expect, test } from 'vitest';
import type { Schemas } from '@/api/client';
import { hear } from './running';

type Task = Schemas['Task'];
type Rows = { items: Task[] };

const task = (id: number, status: Task['status'], percent = 0) => ({ id, status, percent }) as Task;
const kept = (client: QueryClient, name: string) => client.getQueryData<Rows>(['tasks', 'list', name])?.items;

test('a task that nobody asked for is known once it is heard of', () => {
  const client = new QueryClient();
  hear(client, task(7, 'running', 10));
  hear(client, task(8, 'waiting'));
  hear(client, task(7, 'running', 50));
  expect(kept(client, 'running')).toEqual([task(8, 'waiting'), task(7, 'running', 50)]);
});

test('a task that is heard of only when it has ended is not one that runs', () => {
  const client = new QueryClient();
  hear(client, task(7, 'done', 100));
  expect(kept(client, 'running')).toBeUndefined();
  hear(client, task(8, 'running'));
  hear(client, task(8, 'done', 100));
  expect(kept(client, 'running')).toEqual([task(8, 'done', 100)]);
});

test('lists on the screen change with what is heard, and are asked for again when something is new', () => {
  const client = new QueryClient();
  client.setQueryData(['tasks', 'list', 'page'], { items: [task(7, 'running')] });
  hear(client, task(7, 'running', 30));
  expect(kept(client, 'page')).toEqual([task(7, 'running', 30)]);
  expect(client.getQueryState(['tasks', 'list', 'page'])?.isInvalidated).toBe(false);
  hear(client, task(8, 'running'));
  expect(kept(client, 'page')).toEqual([task(7, 'running', 30)]);
  expect(client.getQueryState(['tasks', 'list', 'page'])?.isInvalidated).toBe(true);
});
