/** What is looked at, how it ended, and how to run it again. */
import { usePage } from './context.ts';
import { Copy } from './parts/copy.tsx';
import { writeMoment } from './run/link.ts';

export function Header() {
  const { run, view, set, trunk } = usePage();
  const { target, design, title, designTitle, verdict, finding, expected } = run.document;
  const { replay, source, search } = run.document;
  const asExpected = expected.length === 0 ? 'open' : expected.includes(verdict);
  const grade = asExpected === 'open' ? 'open' : asExpected ? 'as expected' : 'not as expected';
  const link = (): string => {
    const { position: step, word, object } = view;
    return new URL(writeMoment({ step, word, object }), location.href).href;
  };
  const theme = view.theme === 'dark' ? 'light' : 'dark';
  return (
    <header class="page-head">
      <h1>
        <span class="dim">hotrace</span> {target} <span class="dim">--design</span> {design}
      </h1>
      <Verdict />
      {trunk === undefined ? (
        <span class="dim grade" title={`expected: ${expected.join(' or ') || 'open'}`}>
          {grade}
        </span>
      ) : null}
      <Branch />
      <span class="about" title={`${title}; ${designTitle}`}>
        {finding?.headline ?? title}
      </span>
      <span class="dim source" title={search?.guarantee ?? ''}>
        {source}
        {search === null ? '' : `: ${search.executions.toLocaleString('en')} executions`}
      </span>
      <div class="tools">
        {replay.command === '' ? null : (
          <Copy text={() => replay.command} what="the replay command" label="copy replay" />
        )}
        <Copy text={link} what="the link of this moment" label="copy link" />
        <button
          type="button"
          class="quiet"
          aria-label={`${theme} theme`}
          title={`${theme} theme (t)`}
          onClick={() => set({ theme })}
        >
          ◐
        </button>
        <button
          type="button"
          class="quiet"
          aria-label="help"
          aria-expanded={view.help}
          title="keys (?)"
          onClick={() => set({ help: !view.help })}
        >
          ?
        </button>
      </div>
    </header>
  );
}

/** Tells that this is not what was recorded. */
function Branch() {
  const { run, trunk, leaveBranch } = usePage();
  if (trunk === undefined) return null;
  const { steps } = run.document;
  return (
    <span class="branch">
      from {trunk.at} by {run.actorName(steps.actor[trunk.at] ?? -1)}{' '}
      <button type="button" onClick={leaveBranch}>
        back to what was recorded
      </button>
    </span>
  );
}

/** Good, bad, or neither: a limit says nothing of the rules. */
function Verdict() {
  const { verdict, finding } = usePage().run.document;
  const [kind, mark] =
    verdict === 'pass' ? ['pass', '✓'] : finding === null ? ['open', '~'] : ['bad', '✕'];
  return (
    <span class={`verdict ${kind}`} title={finding?.message ?? ''}>
      {mark} {verdict}
    </span>
  );
}
