/** Who may ask: this machine, with the token, from our own page. */
import { timingSafeEqual } from 'node:crypto';
import type { IncomingMessage, OutgoingHttpHeaders } from 'node:http';

export interface Door {
  readonly port: number;
  readonly token: string;
}

/** The path behind the token, `/` at its beginning; undefined: not for us. */
export function askedPath(request: IncomingMessage, { port, token }: Door): string | undefined {
  const { host, origin } = request.headers;
  const hosts = [`127.0.0.1:${port}`, `localhost:${port}`];
  // Another name that leads here would be a page of somebody else's (DNS rebinding).
  if (host === undefined || !hosts.includes(host)) return undefined;
  if (origin !== undefined && !hosts.some((name) => origin === `http://${name}`)) return undefined;
  const [, given = '', rest = ''] = /^\/([\w-]{1,128})(\/[\w.-]{0,64}(?:\/[\w.-]{1,128})?)$/.exec(
    request.url ?? '',
  ) ?? [undefined];
  return isSame(given, token) ? rest : undefined;
}

function isSame(given: string, token: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(token)];
  return a.length === b.length && timingSafeEqual(a, b);
}

/** No script but our files', nothing from elsewhere, in nobody's frame. */
export function headers(type: string, { port }: Door): OutgoingHttpHeaders {
  const sockets = `ws://127.0.0.1:${port} ws://localhost:${port}`;
  const policy = [
    "default-src 'none'",
    "script-src 'self'",
    "worker-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    `connect-src 'self' ${sockets}`,
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ];
  return {
    'content-type': type,
    'content-security-policy': policy.join('; '),
    'cache-control': 'no-store',
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
  };
}
