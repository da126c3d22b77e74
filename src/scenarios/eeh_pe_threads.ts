/** How many recovery threads a design has: one, or one for each PHB (eeh.md 2.4 P). */
import type { Kernel } from '../../actors/eeh/kernel.ts';
import { pci_controller } from '../../actors/pci/structs.ts';
import type { Player } from './eeh_pe_actors.ts';
import type { Board } from './eeh_pe_board.ts';
import { resultWord } from './eeh_pe_globals.ts';

/**
 * The players with eehd as the design has it. The first PHB's thread takes the place of eehd, so
 * that what a race has it do at the start is done by that one; others idle.
 */
export function withThreads(players: readonly Player[], board: Board, k: Kernel): Player[] {
  const one = players.find(({ name }) => name === 'eehd');
  if (k.thread_per_phb === 0 || one === undefined) return [...players];
  const threads = board.phbs.map(({ domain, phb }) => {
    const name = `eehd/${domain.toString(16)}`;
    const own: Kernel = Object.freeze({
      ...k,
      eeh_eventlist: phb + pci_controller.eeh_eventlist.at,
      eeh_eventlist_event: phb + pci_controller.eeh_eventlist_event.at,
      eehd_result: resultWord(board.builder, `stack of ${name}`),
    });
    return { ...one, name, args: [own, ...one.args.slice(1)] };
  });
  const [first, ...others] = threads;
  return [...players.map((player) => (player === one && first ? first : player)), ...others];
}
