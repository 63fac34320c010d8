// Images made by hand, for what the others in the engine are not: of another system, platform or with other settings.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { docker } from './server';

/** What it runs on, and how. */
type More = { architecture?: string; config?: Record<string, unknown> };

/** Loads an image of one layer with some files into the engine. */
export function load(name: string, files: Record<string, string>, more: More = {}): void {
  const at = mkdtempSync(join(tmpdir(), 'lazaret-handmade-'));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(at, 'root', path)), { recursive: true });
    writeFileSync(join(at, 'root', path), text);
  }
  const layer = join(at, 'layer.tar');
  execFileSync('tar', ['-cf', layer, '-C', join(at, 'root'), '.']);
  const id = `sha256:${createHash('sha256').update(readFileSync(layer)).digest('hex')}`;
  const { architecture = 'amd64', config: settings = {} } = more;
  const config = { architecture, os: 'linux', config: settings, rootfs: { type: 'layers', diff_ids: [id] } };
  const manifest = [{ Config: 'config.json', RepoTags: [name], Layers: ['layer.tar'] }];
  writeFileSync(join(at, 'config.json'), JSON.stringify(config));
  writeFileSync(join(at, 'manifest.json'), JSON.stringify(manifest));
  const parts = ['manifest.json', 'config.json', 'layer.tar'];
  docker(['load', '--quiet'], execFileSync('tar', ['-cf', '-', '-C', at, ...parts]));
  rmSync(at, { recursive: true });
}
