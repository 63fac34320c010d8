/** What is written down, by what it is about. */
export const ACTIONS: Record<string, string[]> = {
  session: ['begin', 'end', 'refuse', 'lock'],
  account: ['create', 'change', 'delete', 'reset_password', 'change_password', 'refuse_password', 'keep_preferences'],
  token: ['create', 'delete'],
  project: ['create', 'rename', 'delete'],
  scan: ['ask', 'cancel'],
  task: ['cancel', 'retry'],
  schedule: ['create', 'change', 'delete', 'run'],
  decision: ['create', 'change', 'revoke'],
  rules: ['replace'],
  export: ['create', 'download', 'delete'],
  image: ['upload'],
  registry: ['create', 'change', 'delete', 'sync', 'test', 'token'],
  registries: ['nightly'],
  engines: ['refresh'],
  advisories: ['set', 'update', 'import'],
  authorisation: ['authorise', 'withdraw', 'settings'],
};
