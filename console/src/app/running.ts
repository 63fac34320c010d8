// The tasks that run. A page does not ask for them to begin with: the stream tells of each as it goes on, and they are asked
// for once one is heard of, or somebody looks.
import { type QueryClient, useQuery, useQueryClient } from '@tanstack/react-query';
import { api, data, type Schemas } from '@/api/client';

type Task = Schemas['Task'];
type Rows = { items: Task[] };

const KEY = ['tasks', 'list', 'running'];
const MOST = 20;

const runs = ({ status }: Task) => status === 'running' || status === 'waiting';
const running = (rows: Rows | undefined) => rows?.items.filter(runs) ?? [];

/** Keeps a task that the stream told of. */
export function hear(client: QueryClient, told: Task): void {
  const lists = client.getQueriesData<Rows>({ queryKey: ['tasks', 'list'] });
  const known = lists.some(([, rows]) => rows?.items.some(({ id }) => id === told.id));
  client.setQueriesData<Rows>({ queryKey: ['tasks', 'list'] }, (kept) => {
    if (!kept || !('items' in kept)) return kept;
    return { ...kept, items: kept.items.map((task) => (task.id === told.id ? told : task)) };
  });
  client.setQueryData(['tasks', 'one', told.id], told);
  if (known) return;
  if (runs(told)) client.setQueryData<Rows>(KEY, (kept) => ({ items: [told, ...(kept?.items ?? [])] }));
  void client.invalidateQueries({ queryKey: ['tasks', 'list'] });
}

/** The newest tasks that have not ended: those that are known of, or, where they are wanted, all. */
export function useRunningTasks(wanted: boolean): Task[] {
  const client = useQueryClient();
  const { data: rows } = useQuery({
    queryKey: KEY,
    queryFn: () => data(api.GET('/api/v1/tasks', { params: { query: { limit: MOST } } })),
    enabled: wanted || running(client.getQueryData(KEY)).length > 0,
  });
  return running(rows);
}
