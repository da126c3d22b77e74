import { list_head, spinlock } from '../memory/kernel_structs.ts';
import { embed, struct, word } from '../memory/layout.ts';

export const walk_root = struct('walk_root', {
  lock: embed(spinlock, 'guards list'),
  list: embed(list_head, 'of walk_node.list; lock'),
});
export const walk_node = struct('walk_node', {
  list: embed(list_head, 'in root.list; lock'),
  value: word('increments', 'lock'),
});
