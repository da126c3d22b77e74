import { expect, test } from 'vitest';
import { hotrace, hotraceJson, interrupted } from './run.ts';

test('explore prints JSON with everything that a script needs, and a token that replays', () => {
  const found = hotraceJson('explore', 'pciehp-command/probe', '--design', 'A1');
  const keys = 'system race design mode verdict expected executions steps elapsedMs seed limits';
  for (const key of `${keys} report schedule token contextSwitches columns`.split(' ')) {
    expect(found, key).toHaveProperty(key);
  }
  const token = String(found['token']);
  expect(token.length).toBeLessThanOrEqual(80);
  const again = hotraceJson('replay', token);
  expect(again).toMatchObject({ verdict: found['verdict'], divergence: null });
  expect(again['headline']).toBe(found['headline']);
});

test('a violation ends with 1, none with 0', () => {
  expect(hotrace('explore', 'pciehp-command/probe', '--design', 'A1').status).toBe(1);
  expect(hotrace('explore', 'pciehp-command/probe', '--design', 'A2', '--bound', '1').status).toBe(
    0,
  );
});

test('a limit that is reached is neither a pass nor silent', () => {
  const args = ['explore', 'pciehp-command/probe', '--design', 'A2', '--executions', '3'];
  const found = hotraceJson(...args);
  expect(found['verdict']).toBe('limit-reached');
  expect(String(found['guarantee'])).toContain('limit reached (3 executions)');
});

test('stress prints outcomes, rounds and limits as JSON', () => {
  const args = ['stress', 'pciehp-command/probe', '--design', 'A2', '--rounds', '20'];
  const found = hotraceJson(...args);
  expect(found).toMatchObject({ mode: 'stress', verdict: 'pass', rounds: 20 });
  for (const key of 'system race design expected elapsedMs seed limits outcomes'.split(' ')) {
    expect(found, key).toHaveProperty(key);
  }
});

test('list names systems, races, designs and expectations', () => {
  const { stdout, status } = hotrace('list');
  expect(status).toBe(0);
  for (const text of ['eeh-pe', 'T11a', 'rescan-lock-nolock', 'pciehp-command', 'hot-remove']) {
    expect(stdout).toContain(text);
  }
});

test('every command has help and a --json', () => {
  for (const name of 'list topology diagram explore stress replay matrix'.split(' ')) {
    const { stdout, status } = hotrace(name, '--help');
    expect(status).toBe(0);
    expect(stdout, name).toContain('--json');
  }
});

test('Ctrl-C ends a search with what was found so far and 130', async () => {
  const args = [
    'explore',
    'pciehp-command/hot-add',
    '--design',
    'A2',
    '--no-reduce',
    '--bound',
    '3',
  ];
  const { status, stdout, stderr } = await interrupted(1500, ...args);
  expect({ status, stderr }).toEqual({ status: 130, stderr: '' });
  expect(stdout).toContain('limit reached');
});

test('Ctrl-C ends a stress run cleanly and 130', async () => {
  const args = ['stress', 'pciehp-command/probe', '--design', 'A2', '--time', '60'];
  const { status, stdout, stderr } = await interrupted(1500, ...args);
  expect({ status, stderr }).toEqual({ status: 130, stderr: '' });
  expect(stdout).toContain('stopped by signal');
});
