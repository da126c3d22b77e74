/** The engine in the page: runs other decisions from a position, as Node would. */
import { type InspectDocument, readDocument } from '../document/document.ts';
import { inflatedText } from './inflate.ts';
import type { Run } from './run/run.ts';

interface Decisions {
  readonly actors: readonly number[];
  readonly choices: readonly number[];
}

/** src/inspect/rerun/rerun.ts; what it answers is checked like any document. */
type Engine = (shown: InspectDocument, decisions: Decisions) => unknown;

let loading: Promise<Engine> | undefined;

/** Whether there is an engine for the document, as far as can be known before it is loaded. */
export function hasEngine(shown: InspectDocument): boolean {
  const isLive = location.protocol.startsWith('http');
  return shown.origin !== null && (isLive || document.getElementById('hotrace-engine') !== null);
}

/**
 * The run that does the same up to a position, then lets another actor move, then goes on by the
 * default rule.
 * @throws Error where there is no engine, or the program cannot be built.
 */
export async function runAlternative(
  run: Run,
  position: number,
  actor: number,
): Promise<InspectDocument> {
  loading ??= loadEngine();
  const engine = await loading;
  return readDocument(engine(run.document, decisionsAt(run, position, actor)));
}

function decisionsAt(run: Run, position: number, actor: number): Decisions {
  const { steps, choices } = run.document;
  let answered = 0;
  for (let step = 0; step < position; step++) if (run.kindName(step) === 'choose') answered++;
  return {
    actors: [...steps.actor.slice(0, position), actor],
    choices: choices.slice(0, answered),
  };
}

async function loadEngine(): Promise<Engine> {
  const inert = document.getElementById('hotrace-engine')?.textContent;
  const script = document.createElement('script');
  if (inert != null) {
    // The policy of the file has this script's hash: it runs, and no other would.
    script.textContent = await inflatedText(inert.trim());
    document.head.append(script);
  } else {
    script.src = 'engine.js';
    await new Promise<void>((resolve, reject) => {
      script.addEventListener('load', () => resolve());
      script.addEventListener('error', () => reject(new Error('the engine cannot be loaded')));
      document.head.append(script);
    });
  }
  const engine: unknown = Reflect.get(globalThis, 'hotraceEngine');
  if (typeof engine !== 'function') throw new Error('the engine does not run in this browser');
  return (shown, decisions) => Reflect.apply(engine, undefined, [shown, decisions]);
}
