/** Records operations one after another, as the engine would: what the hand-made traces need. */
import { ImageBuilder } from '../../src/memory/image.ts';
import {
  irq_desc,
  list_head,
  mutex,
  spinlock,
  wait_queue_head,
} from '../../src/memory/kernel_structs.ts';
import { embed, struct, word } from '../../src/memory/layout.ts';
import { OPS, type OpName } from '../../src/ops/vocabulary.ts';
import type { Finding } from '../../src/oracles/verdict.ts';
import type {
  LogLine,
  Site,
  Trace,
  TraceActor,
  TraceStep,
  TraceTransition,
  TraceWait,
} from '../../src/trace/record.ts';

export const fx_pe = struct('eeh_pe', {
  state: word('EEH_PE_* bits'),
  addr: word('PE number', 'const'),
  parent: word('parent PE'),
  child_list: embed(list_head, 'children'),
  child: embed(list_head, 'link in the parent'),
  refcount: word('references'),
});

export const fx_dev = struct('eeh_dev', {
  pe: word('its PE'),
  pdev: word('its pci_dev'),
  lock: embed(mutex, 'device lock', { novalidate: true }),
});

/** Everything a fixture may point at, always laid out alike. */
export interface Ground {
  readonly rescan_lock: number;
  readonly confirm_lock: number;
  readonly sriov_lock: number;
  readonly wq: number;
  readonly irq: number;
  readonly root: number;
  readonly pe: number;
  readonly dev: number;
}

/** Records operations one after another. */
export class Recorder {
  readonly at: Ground;
  readonly #layout;
  readonly #actors: TraceActor[] = [];
  readonly #steps: TraceStep[] = [];
  readonly #log: LogLine[] = [];
  readonly #moves: TraceTransition[] = [];
  readonly #waits: TraceWait[] = [];
  readonly #stacks: Site[][] = [];
  timeMs = 0;

  constructor() {
    const image = new ImageBuilder();
    const rescan_lock = image.static_('pci_rescan_remove_lock', mutex);
    const confirm_lock = image.static_('confirm_error_lock', spinlock);
    const sriov_lock = image.static_('sriov_lock', mutex);
    const wq = image.static_('eeh_eventlist_wq', wait_queue_head);
    const irq = image.static_('irq_24', irq_desc);
    image.cache(fx_pe, 4, 4);
    image.cache(fx_dev, 2, 4);
    const root = image.alloc(fx_pe);
    const dev = image.alloc(fx_dev);
    const { layout } = image.build();
    const pe = layout.objects.find((o) => o.name === 'eeh_pe#1')?.base ?? 0;
    this.#layout = layout;
    this.at = { rescan_lock, confirm_lock, sriov_lock, wq, irq, root, pe, dev };
  }

  actor(name: string, pid: number, context: TraceActor['context'] = 'process'): number {
    this.#actors.push({ name, comm: name, pid, cpu: this.#actors.length, context });
    this.#stacks.push([]);
    return this.#actors.length - 1;
  }

  /** Enters a procedure; its caller stands where its last operation or `line` was. */
  call(actor: number, procedure: string, file: string, line = 1): this {
    this.#stacks[actor]?.unshift({ procedure, file, line });
    return this;
  }

  ret(actor: number): this {
    this.#stacks[actor]?.shift();
    return this;
  }

  op(
    actor: number,
    line: number,
    name: OpName,
    operands: readonly number[],
    result = 0,
    blocked = false,
  ): this {
    const stack = this.#stacks[actor] ?? [];
    const [top] = stack;
    if (top !== undefined) stack[0] = { ...top, line };
    this.#steps.push({
      step: this.#steps.length,
      actor,
      kind: OPS[name].kind,
      operands,
      result,
      stack: [...stack],
      timeMs: this.timeMs,
      blocked,
    });
    return this;
  }

  /** printk is no step: a line carries the number of the step that comes after it. */
  print(actor: number, text: string): this {
    this.#log.push({ step: this.#steps.length, actor, timeMs: this.timeMs, text });
    return this;
  }

  move(actor: number, from: string, event: string, to: string): this {
    this.#moves.push({ step: this.#steps.length, actor, from, event, to });
    return this;
  }

  wait(actor: number, line: number, name: OpName, addr: number, holder: number): this {
    const stack = [...(this.#stacks[actor] ?? [])];
    const [top] = stack;
    if (top !== undefined) stack[0] = { ...top, line };
    const { kind } = OPS[name];
    this.#waits.push({ actor, kind, addr, holder, sinceMs: this.timeMs, stack });
    return this;
  }

  end(finding: Finding | undefined, target = 'eeh-pe/T3', design = 'none'): Trace {
    return {
      target,
      design,
      layout: this.#layout,
      actors: this.#actors,
      steps: this.#steps,
      transitions: this.#moves,
      log: this.#log,
      clockOffsetUs: 840,
      finding,
      waits: this.#waits,
    };
  }
}
