/** Opens an address in the reader's browser, where there is one. */
import { spawn } from 'node:child_process';

/** True when a browser was told. */
export function openBrowser(url: string): boolean {
  const { platform, env } = process;
  const isDesktop = (env['DISPLAY'] ?? env['WAYLAND_DISPLAY'] ?? '') !== '';
  if (platform === 'linux' && !isDesktop) return false;
  const commands: Readonly<Record<string, readonly [string, ...string[]]>> = {
    darwin: ['open'],
    win32: ['cmd', '/c', 'start', ''],
  };
  const [command, ...args] = commands[platform] ?? (['xdg-open'] as const);
  const child = spawn(command, [...args, url], { stdio: 'ignore', detached: true });
  // Without such a command the address on the terminal has to do.
  child.on('error', () => undefined);
  child.unref();
  return true;
}
