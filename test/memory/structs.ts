/** Memory that the tests lay out. */
import { list_head, spinlock } from '../../src/memory/kernel_structs.ts';
import { embed, struct, word, words } from '../../src/memory/layout.ts';

export const node = struct('memory_node', {
  value: word('what it holds'),
  list: embed(list_head, 'in board.nodes; board.lock'),
});

export const board = struct('memory_board', {
  lock: embed(spinlock, 'guards nodes'),
  nodes: embed(list_head, 'of node.list; lock'),
  slots: words(2, 'the last two nodes'),
});
