/**
 * Serves the page on the loopback interface: files that were read when it started, the document,
 * and a socket for what runs. A request names an entry of a table, never a place on the disk.
 */
import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { extname, join } from 'node:path';
import { type WebSocket, WebSocketServer } from 'ws';
import type { InspectDocument } from '../document/document.ts';
import { readToServer, TO_SERVER_MAX, type ToPage, type ToServer } from '../document/messages.ts';
import { askedPath, type Door, headers } from './guard.ts';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
};
/** Pages that look at once. */
const SOCKETS_MAX = 16;
/** A page that does not read is not waited for: it is told less often. */
const UNSENT_MAX = 1 << 20;

interface Answer {
  readonly type: string;
  readonly body: Buffer;
}

export interface Served {
  readonly url: string;
  /** Tells every page, and those that come later. */
  publish(message: ToPage): void;
  show(inspected: InspectDocument): void;
  close(): Promise<void>;
}

export interface ServeOptions {
  /** The folder that builtPage() answers. */
  readonly page: string;
  /** 0: any that is free. */
  readonly port: number;
  readonly heard: (message: ToServer) => void;
  /** The script that runs schedules; asked for once a page wants it. undefined: there is none. */
  readonly engine?: () => string | undefined;
}

/** @throws Error when the port is taken. */
export async function serve({ page, port, heard, engine }: ServeOptions): Promise<Served> {
  const files = readPage(join(page, 'live'));
  const state = new State(engine);
  const door = { port, token: randomBytes(24).toString('base64url') };
  const server = createServer((request, response) => answer(request, response, door, files, state));
  server.requestTimeout = 10_000;
  const sockets = new WebSocketServer({ noServer: true, maxPayload: TO_SERVER_MAX });
  server.on('upgrade', (request, socket, head) => {
    const isFromPage = request.headers.origin !== undefined;
    const isRoom = sockets.clients.size < SOCKETS_MAX;
    if (!isFromPage || !isRoom || askedPath(request, door) !== '/live') {
      socket.end('HTTP/1.1 403 Forbidden\r\nConnection: close\r\n\r\n');
      return;
    }
    sockets.handleUpgrade(request, socket, head, (client) => welcome(client, state, heard));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  const address = server.address();
  if (typeof address === 'object' && address !== null) door.port = address.port;
  const tell = (message: ToPage): void => {
    state.keep(message);
    const text = JSON.stringify(message);
    for (const client of sockets.clients) {
      const isLate = message.type === 'run' && client.bufferedAmount > UNSENT_MAX;
      if (!isLate) client.send(text);
    }
  };
  return {
    url: `http://127.0.0.1:${door.port}/${door.token}/`,
    publish: tell,
    show: (inspected) => tell({ type: 'document', revision: state.show(inspected) }),
    close: async () => {
      for (const client of sockets.clients) client.close(1001, 'hotrace has ended');
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

/** What a page that opens now must be told. */
class State {
  readonly #engine: () => string | undefined;
  #document: Answer | undefined;
  #revision = 0;
  readonly #last = new Map<ToPage['type'], ToPage>();

  constructor(engine: ServeOptions['engine']) {
    this.#engine = engine ?? (() => undefined);
  }

  /** What is not a file; it may have to be made first. */
  made(path: string | undefined): Answer | undefined {
    if (path === '/document.json') return this.#document;
    if (path !== '/engine.js') return undefined;
    try {
      const code = this.#engine();
      if (code !== undefined) return { type: TYPES['.js'] ?? '', body: Buffer.from(code) };
    } catch {
      // A checkout that does not build has no engine; what it has goes on being served.
    }
    return undefined;
  }

  show(inspected: InspectDocument): number {
    const body = Buffer.from(JSON.stringify(inspected));
    this.#document = { type: TYPES['.json'] ?? '', body };
    this.#revision++;
    return this.#revision;
  }

  keep(message: ToPage): void {
    this.#last.set(message.type, message);
  }

  get messages(): readonly ToPage[] {
    return [...this.#last.values()];
  }
}

function welcome(client: WebSocket, state: State, heard: (message: ToServer) => void): void {
  // A socket that breaks is closed by ws; without a listener it would end the process.
  client.on('error', () => client.terminate());
  client.on('message', (data, isBinary) => {
    const text = Buffer.isBuffer(data) ? data.toString('utf8') : '';
    const message = isBinary ? undefined : readToServer(text);
    if (message === undefined) client.close(1008, 'not a message of hotrace');
    else heard(message);
  });
  for (const message of state.messages) client.send(JSON.stringify(message));
}

/** `/`, `/assets/index-abc.js`, ... */
function readPage(folder: string): ReadonlyMap<string, Answer> {
  const files = new Map<string, Answer>();
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    const name = path.slice(folder.length).replaceAll('\\', '/').replace(/^\/*/, '/');
    const type = TYPES[extname(entry.name)];
    if (type === undefined) continue;
    files.set(name === '/index.html' ? '/' : name, { type, body: readFileSync(path) });
  }
  return files;
}

function answer(
  request: IncomingMessage,
  response: ServerResponse,
  door: Door,
  files: ReadonlyMap<string, Answer>,
  state: State,
): void {
  const path = askedPath(request, door);
  const isRead = request.method === 'GET' || request.method === 'HEAD';
  const found = isRead ? (files.get(path ?? '') ?? state.made(path)) : undefined;
  if (path === undefined || !isRead || found === undefined) {
    const code = path === undefined ? 403 : isRead ? 404 : 405;
    response.writeHead(code, headers('text/plain; charset=utf-8', door));
    response.end(`${code}\n`);
    return;
  }
  response.writeHead(200, { ...headers(found.type, door), 'content-length': found.body.length });
  response.end(request.method === 'HEAD' ? undefined : found.body);
}
